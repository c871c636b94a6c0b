import { lstat, stat } from "node:fs/promises"
import { Effect, Schedule } from "effect"
import { type Credentials, readCredentials, type ServiceRole } from "./Credentials.ts"
import type { DatabaseConnection } from "./DatabaseConnection.ts"
import { dataBehind } from "./DataPlacement.ts"
import { because, type EmbeddedServerError, ServerNotRunning, ServerOutOfReach } from "./EmbeddedServerError.ts"
import { accessing, errorCode } from "./FileAccess.ts"
import { findHome, type HomeFolder } from "./HomeFolder.ts"
import { openSession } from "./PostgresSession.ts"
import { type Postmaster, postmasterFile, readPostmaster, readyPostmaster } from "./PostmasterFile.ts"
import { isAlive } from "./ProcessSignal.ts"
import { adminConnection, serviceConnection } from "./ServiceConnection.ts"
import { validateServices } from "./ServiceNames.ts"

export interface AttachOptions {
  /** Valerix's folder, such as `.valerix`. */
  readonly home: string
  /** The services whose databases are needed. */
  readonly services: ReadonlyArray<string>
}

/** The PostgreSQL server that another process runs. */
export interface AttachedServer {
  /** How a service's database is reached, as by the process that runs the server. */
  readonly connection: (service: string, role: ServiceRole) => DatabaseConnection
  /** The superuser, for looking at the server as a whole. */
  readonly admin: DatabaseConnection
  /** Never completes while the server runs; fails with `ServerNotRunning` when it has ended. */
  readonly lost: Effect.Effect<never, EmbeddedServerError>
}

const lookEveryMs = 100

/**
 * Finds the server that another process runs on the home folder, and makes sure that every service's database can be
 * reached. Changes nothing, neither in the folder nor on the server, and keeps nothing open. Fails with
 * `ServerNotRunning` when no server is ready there, with `ServerOutOfReach` when one is and cannot be used, and with
 * `CredentialsUnusable`.
 */
export const attach = Effect.fn("EmbeddedServer.attach")(function* (
  options: AttachOptions
): Effect.fn.Return<AttachedServer, EmbeddedServerError> {
  yield* validateServices(options.services)
  const home = yield* findHome(options.home)
  const notRunning = because(new ServerNotRunning({ home: home?.path ?? options.home }))
  if (home === undefined) return yield* notRunning
  const server = yield* findServer(home)
  if (server === undefined) return yield* notRunning
  const credentials = yield* readCredentials(home)
  if (credentials === undefined) return yield* notRunning
  const connection = (service: string, role: ServiceRole) => serviceConnection(server, credentials, service, role)
  yield* Effect.forEach(options.services, (service) => assertReachable(home, credentials, service, connection), {
    concurrency: "unbounded",
    discard: true
  })
  const lost = Effect.sync(() => isAlive(server.processId)).pipe(
    Effect.repeat({ while: (alive) => alive, schedule: Schedule.spaced(lookEveryMs) }),
    Effect.andThen(Effect.fail(notRunning))
  )
  return { connection, admin: adminConnection(server, credentials), lost }
})

/** Where a server listens; a host that begins with `/` is the directory of its socket. */
interface FoundServer extends Pick<DatabaseConnection, "host" | "port"> {
  readonly processId: number
}

const findServer = Effect.fnUntraced(function* (
  home: HomeFolder
): Effect.fn.Return<FoundServer | undefined, EmbeddedServerError> {
  const data = yield* accessing("follow", home.data, () => dataBehind(home))
  const outOfReach = (detail: string) => because(new ServerOutOfReach({ home: home.path, detail }))
  const postmaster = yield* Effect.tryPromise({
    try: async () => readyPostmaster(await readPostmaster(postmasterFile(data))),
    catch: (cause) => outOfReach(`its files in ${data} cannot be read (${errorCode(cause)})`)
  })
  if (postmaster === undefined) return undefined
  const { address, port, processId, socketDirectory } = postmaster
  if (socketDirectory === "") return { host: address, port, processId }
  const isItsOwn = yield* Effect.promise(() => ownsSocket(postmaster, data))
  return isItsOwn
    ? { host: socketDirectory, port, processId }
    : yield* outOfReach(`its socket directory ${socketDirectory} is gone, or belongs to somebody else`)
})

/** Passwords are told to nobody who has put a directory of his own where the server's once was. */
const ownsSocket = async ({ socketDirectory }: Postmaster, data: string): Promise<boolean> => {
  const directory = await lstat(socketDirectory).catch(() => undefined)
  if (directory === undefined || !directory.isDirectory() || (directory.mode & 0o077) !== 0) return false
  return directory.uid === (await stat(data)).uid
}

const assertReachable = (
  home: HomeFolder,
  credentials: Credentials,
  service: string,
  connection: AttachedServer["connection"]
): Effect.Effect<void, EmbeddedServerError> => {
  const outOfReach = (detail: string) => because(new ServerOutOfReach({ home: home.path, detail }))
  if (credentials.services[service] === undefined) return Effect.fail(outOfReach(`it has no database "${service}"`))
  return Effect.scoped(openSession(connection(service, "service"), "valerix attaching")).pipe(
    Effect.mapError(({ detail }) => outOfReach(detail)),
    Effect.asVoid
  )
}
