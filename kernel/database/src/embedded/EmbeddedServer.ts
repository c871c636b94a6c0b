import { join } from "node:path"
import { Context, Deferred, Effect, Layer, Ref, type Scope } from "effect"
import { attach } from "./AttachServer.ts"
import { loadCredentials, type ServiceRole } from "./Credentials.ts"
import type { DatabaseConnection } from "./DatabaseConnection.ts"
import { placeData, systemStore } from "./DataPlacement.ts"
import type { EmbeddedServerError } from "./EmbeddedServerError.ts"
import { accessing, writeDurably } from "./FileAccess.ts"
import { openHome } from "./HomeFolder.ts"
import { lockHome } from "./HomeLock.ts"
import { initializeData } from "./InitializeData.ts"
import { keepRunning } from "./KeepRunning.ts"
import { type Launch, launchServer } from "./LaunchServer.ts"
import { locateBinaries, majorOf, prepareBinaries } from "./PostgresBinaries.ts"
import { provision } from "./Provisioning.ts"
import { reset } from "./ResetHome.ts"
import { openEndpoint } from "./ServerEndpoint.ts"
import { openServerLog } from "./ServerLog.ts"
import { settingsFile } from "./ServerProcess.ts"
import { memoryBytes, serverSettings } from "./ServerSettings.ts"
import { findServerUser } from "./ServerUser.ts"
import { adminConnection, serviceConnection } from "./ServiceConnection.ts"
import { validateServices } from "./ServiceNames.ts"

export interface EmbeddedServerOptions {
  /** Valerix's folder, such as `.valerix`; created when it is absent. */
  readonly home: string
  /** The services that get a database, such as `orders`. */
  readonly services: ReadonlyArray<string>
  /** PostgreSQL settings on top of the defaults. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A PostgreSQL server of this process's own, with a database and two logins per service. */
export class EmbeddedServer extends Context.Service<
  EmbeddedServer,
  {
    /** How a service reaches its database: as the owner, who migrates it, or as the service, which works in it. */
    readonly connection: (service: string, role: ServiceRole) => DatabaseConnection
    /** The superuser, for administration and tests; services never get it. */
    readonly admin: DatabaseConnection
    /** The server's process. It changes when the server had to be started again. */
    readonly processId: Effect.Effect<number>
    /** Never completes while the server runs or comes back; fails when it went down too often to be started again. */
    readonly lost: Effect.Effect<never, EmbeddedServerError>
  }
>()("@valerix/database/EmbeddedServer") {
  /**
   * Starts the server in the home folder and prepares a database for every service; creates what is absent, keeps what
   * is there. The server is started again when it crashes, and stopped when the scope closes or this process ends,
   * however it ends. Fails with `EmbeddedServerError`, whose reason says what stands in the way.
   */
  static readonly start = Effect.fn("EmbeddedServer.start")(function* (
    options: EmbeddedServerOptions
  ): Effect.fn.Return<EmbeddedServer["Service"], EmbeddedServerError, Scope.Scope> {
    yield* validateServices(options.services)
    const home = yield* openHome(options.home)
    yield* lockHome(home)
    const user = yield* findServerUser(home.data)
    const located = yield* locateBinaries
    const store = user.as === undefined ? home.path : systemStore
    const binaries = yield* prepareBinaries(located, user, store)
    const { data, exists } = yield* placeData(home, user, majorOf(binaries))
    const credentials = yield* loadCredentials(home, options.services, exists)
    const endpoint = yield* openEndpoint(home, user)
    const settings = yield* serverSettings(endpoint, options.settings ?? {}, memoryBytes())
    if (!exists) yield* initializeData(data, binaries, user, credentials)
    const settingsPath = join(data, settingsFile)
    yield* accessing("write", settingsPath, () => writeDurably(settingsPath, settings, 0o600, user.as))
    const admin = adminConnection(endpoint, credentials)
    const log = yield* openServerLog(home)
    const launch: Launch = { data, binaries, user, endpoint, log, admin, credentialsFile: home.credentials }
    const current = yield* Effect.acquireRelease(
      Effect.flatMap(launchServer(launch), Ref.make),
      (current) => Effect.flatMap(Ref.get(current), (server) => server.stop),
      { interruptible: true }
    )
    yield* provision(admin, options.services, credentials)
    const lost = yield* Deferred.make<never, EmbeddedServerError>()
    yield* keepRunning(launch, current, lost).pipe(
      Effect.catchDefect((defect) => Deferred.die(lost, defect)),
      Effect.forkScoped
    )
    return {
      connection: (service, role) => serviceConnection(endpoint, credentials, service, role),
      admin,
      processId: Effect.map(Ref.get(current), ({ processId }) => processId),
      lost: Deferred.await(lost)
    }
  })

  static readonly layer = (options: EmbeddedServerOptions): Layer.Layer<EmbeddedServer, EmbeddedServerError> =>
    Layer.effect(EmbeddedServer, EmbeddedServer.start(options))

  /**
   * Uses the server that another process runs on the home folder, without owning it: for looking at a system that runs.
   * Fails with `ServerNotRunning` or `ServerOutOfReach`.
   */
  static readonly attach = attach

  /** Drops the data of a home folder, for good. Refused with `HomeInUse` while a Valerix uses it. */
  static readonly reset = reset
}
