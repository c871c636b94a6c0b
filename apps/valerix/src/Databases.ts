import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { layerPgClient, TenantDatabase } from "@valerix/database"
import {
  type DatabaseConnection,
  EmbeddedServer,
  type EmbeddedServerError,
  type EmbeddedServerOptions
} from "@valerix/database/embedded"
import { Data, Effect, Exit, Layer, Schedule, Scope } from "effect"
import type { Configuration } from "./Configuration.ts"
import { DATABASES, type DatabaseName } from "./DatabaseNames.ts"

const CONNECTIONS_PER_DATABASE_MAX = 10

const ATTACH_EVERY_MS = 200
const ATTACH_LIMIT_MS = 10_000

export interface Databases {
  readonly connection: (name: DatabaseName) => DatabaseConnection
  /** The login that this program may migrate the database with; none where that is not configured or not its place. */
  readonly owner: (name: DatabaseName) => DatabaseConnection | undefined
  /** Whether the database is elsewhere, not on the embedded server. */
  readonly isExternal: (name: DatabaseName) => boolean
  /** The superuser of the embedded server, where there is one, for looking at it as a whole. */
  readonly admin?: DatabaseConnection | undefined
  /** Whether another process runs the embedded server. */
  readonly isAttached?: boolean
  /** Fails when the embedded server cannot be kept running. */
  readonly lost: Effect.Effect<never, EmbeddedServerError>
}

/**
 * Opens the databases: the external ones where they are configured, the embedded server for the others. Fails when
 * another process uses the home folder.
 */
export const openDatabases = Effect.fn("openDatabases")(function* (
  configuration: Configuration,
  names: ReadonlyArray<DatabaseName>
): Effect.fn.Return<Databases, EmbeddedServerError, Scope.Scope> {
  const embedded = needsEmbedded(configuration, names) ? yield* startAlone(embeddedOptions(configuration)) : undefined
  return databasesOf(configuration, embedded, (name) => configuration.external.get(name)?.owner)
})

/** There is nothing to look at. */
export class HomeAbsent extends Data.TaggedError("HomeAbsent")<{ readonly home: string }> {
  override get message(): string {
    return `There is no Valerix in ${resolve(this.home)}. Set VALERIX_HOME to the folder of the one that you mean, or run this where it was started.`
  }
}

/**
 * Opens the databases to look at them, also while another process runs on the home folder: then the embedded server is
 * that process's, which may still be starting it or already be stopping it, so this takes up to 10 s. Nothing may be
 * migrated that somebody else may be using: `owner` is none for these databases. Where there is no home folder it fails,
 * because what would be made in its place is empty and everything would seem to be well; who comes to bring something in
 * has it made.
 */
export const openOrAttachDatabases = Effect.fn("openOrAttachDatabases")(function* (
  configuration: Configuration,
  names: ReadonlyArray<DatabaseName>,
  { ifAbsent }: { readonly ifAbsent: "REFUSE" | "MAKE" } = { ifAbsent: "REFUSE" }
): Effect.fn.Return<Databases, EmbeddedServerError | HomeAbsent, Scope.Scope> {
  const options = embeddedOptions(configuration)
  const isEmbedded = needsEmbedded(configuration, names)
  if (ifAbsent === "REFUSE" && isEmbedded && !existsSync(options.home))
    return yield* new HomeAbsent({ home: options.home })
  const embedded = isEmbedded
    ? yield* startAlone(options).pipe(
        Effect.catchReason("EmbeddedServerError", "HomeInUse", () => attach(options)),
        Effect.retry({
          while: ({ reason }) => reason._tag === "ServerNotRunning" || reason._tag === "ServerOutOfReach",
          schedule: Schedule.upTo(Schedule.spaced(ATTACH_EVERY_MS), { duration: ATTACH_LIMIT_MS })
        })
      )
    : undefined
  return databasesOf(configuration, embedded, () => undefined)
})

/** The embedded server, its own or another process's. */
interface Embedded extends Pick<EmbeddedServer["Service"], "connection" | "admin" | "lost"> {
  readonly isOwn: boolean
}

const databasesOf = (
  { external }: Configuration,
  embedded: Embedded | undefined,
  externalOwner: Databases["owner"]
): Databases => {
  const onEmbedded = (name: DatabaseName, role: "owner" | "service") => {
    if (embedded === undefined) throw new Error(`The database of ${name} was not opened`)
    return embedded.connection(name, role)
  }
  return {
    connection: (name) => external.get(name)?.service ?? onEmbedded(name, "service"),
    owner: (name) => {
      if (external.has(name)) return externalOwner(name)
      return embedded?.isOwn === false ? undefined : onEmbedded(name, "owner")
    },
    isExternal: (name) => external.has(name),
    admin: embedded?.admin,
    isAttached: embedded?.isOwn === false,
    lost: embedded?.lost ?? Effect.never
  }
}

const embeddedOptions = ({ home }: Configuration): EmbeddedServerOptions => ({ home, services: DATABASES })

const needsEmbedded = ({ external }: Configuration, names: ReadonlyArray<DatabaseName>) =>
  names.some((name) => !external.has(name))

/** A start that fails gives back at once what it had locked, so that it can be tried again. */
const startAlone = Effect.fnUntraced(function* (options: EmbeddedServerOptions) {
  const scope = yield* Effect.flatMap(Effect.scope, Scope.fork)
  const started = yield* EmbeddedServer.start(options).pipe(
    Scope.provide(scope),
    Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
  )
  return { ...started, isOwn: true }
})

const attach = (options: EmbeddedServerOptions) =>
  Effect.map(EmbeddedServer.attach(options), (attached) => ({ ...attached, isOwn: false }))

/**
 * A service's database as its own login. Fresh, because layers are built once per program: without it every service
 * would be given the database that was built first.
 */
export const layerDatabase = (databases: Databases, name: DatabaseName): Layer.Layer<TenantDatabase> =>
  Layer.fresh(TenantDatabase.layer).pipe(
    Layer.provide(
      layerPgClient(databases.connection(name), {
        applicationName: `valerix ${name}`,
        maxConnections: CONNECTIONS_PER_DATABASE_MAX
      })
    )
  )
