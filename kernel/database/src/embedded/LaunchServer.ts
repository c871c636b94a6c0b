import { Deferred, Effect, Schedule } from "effect"
import type { DatabaseConnection } from "./DatabaseConnection.ts"
import { because, CredentialsUnusable, type EmbeddedServerError, StartFailed } from "./EmbeddedServerError.ts"
import { stopLeftoverServer } from "./LeftoverServer.ts"
import type { PostgresBinaries } from "./PostgresBinaries.ts"
import { openSession } from "./PostgresSession.ts"
import { removeStaleSocket, type ServerEndpoint } from "./ServerEndpoint.ts"
import type { ServerLog } from "./ServerLog.ts"
import { type ServerProcess, spawnServer } from "./ServerProcess.ts"
import type { ServerUser } from "./ServerUser.ts"

/** Everything that a start of the server takes, the first one and those after a crash. */
export interface Launch {
  readonly data: string
  readonly binaries: PostgresBinaries
  readonly user: ServerUser
  readonly endpoint: ServerEndpoint
  readonly log: ServerLog
  readonly admin: DatabaseConnection
  readonly credentialsFile: string
}

const readyTimeoutMs = 60_000
const pollMs = 20
const passwordRefused = "28P01"

/** Backends that outlived a killed server finish their statement first, at most 30 s for one of a service. */
const backendsSurvive = /pre-existing shared memory block/
const survivorsRetryMs = 500
const survivorsRetryMax = 70

/**
 * Starts the server and waits until it answers a query, at most a minute. A server that does not get there is stopped
 * again. Fails with `StartFailed`, which holds the end of the server's log, `LeftoverServer` or `CredentialsUnusable`.
 */
export const launchServer = (launch: Launch): Effect.Effect<ServerProcess, EmbeddedServerError> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      yield* restore(stopLeftoverServer(launch.data))
      yield* removeStaleSocket(launch.endpoint)
      const logStart = yield* launch.log.size
      const server = yield* spawnServer(launch)
      yield* restore(awaitReady(launch, server, logStart)).pipe(Effect.onError(() => server.stop))
      return server
    })
  ).pipe(
    Effect.retry({
      while: ({ reason }) => reason._tag === "StartFailed" && backendsSurvive.test(reason.logTail),
      schedule: Schedule.spaced(survivorsRetryMs),
      times: survivorsRetryMax
    })
  )

const awaitReady = (
  launch: Launch,
  server: ServerProcess,
  logStart: number
): Effect.Effect<void, EmbeddedServerError> => {
  const failed = (detail: string) =>
    Effect.flatMap(launch.log.tail(logStart), (logTail) =>
      Effect.fail(because(new StartFailed({ detail, log: launch.log.path, logTail })))
    )
  const answers = Effect.scoped(openSession(launch.admin, "valerix readiness")).pipe(
    Effect.retry({ while: ({ code }) => code !== passwordRefused, schedule: Schedule.spaced(pollMs) }),
    Effect.asVoid,
    Effect.catch(() =>
      Effect.fail(
        because(
          new CredentialsUnusable({
            file: launch.credentialsFile,
            detail: "the server does not accept the administrator's password in it"
          })
        )
      )
    ),
    Effect.timeoutOrElse({
      duration: readyTimeoutMs,
      orElse: () => failed(`it accepted no connection within ${readyTimeoutMs / 1000} s`)
    })
  )
  return Effect.raceFirst(answers, Effect.flatMap(Deferred.await(server.ended), failed))
}
