import { Clock, Deferred, Effect, Ref } from "effect"
import { because, type EmbeddedServerError, ServerLost } from "./EmbeddedServerError.ts"
import { type Launch, launchServer } from "./LaunchServer.ts"
import type { ServerProcess } from "./ServerProcess.ts"

const failuresMax = 5
const windowMs = 60_000
const backoffFirstMs = 50
const backoffMaxMs = 5_000

const backoffMs = (failures: number) => Math.min(backoffFirstMs * 2 ** (failures - 1), backoffMaxMs)

/**
 * Starts the server again whenever it goes down. More than five failures within a minute are no accident: then it stays
 * down, and `lost` fails with `ServerLost`.
 */
export const keepRunning = Effect.fnUntraced(function* (
  launch: Launch,
  current: Ref.Ref<ServerProcess>,
  lost: Deferred.Deferred<never, EmbeddedServerError>
): Effect.fn.Return<void> {
  let failures: ReadonlyArray<number> = []
  while (true) {
    const server = yield* Ref.get(current)
    const how = yield* Deferred.await(server.ended)
    const now = yield* Clock.currentTimeMillis
    failures = [...failures.filter((at) => now - at < windowMs), now]
    if (failures.length > failuresMax) {
      const error = because(
        new ServerLost({
          failures: failures.length,
          windowSeconds: windowMs / 1000,
          log: launch.log.path,
          logTail: yield* launch.log.tail(0)
        })
      )
      yield* Effect.logError(error.message)
      yield* Deferred.fail(lost, error)
      return
    }
    yield* Effect.logWarning(`PostgreSQL went down: ${how}. Starting it again.`)
    yield* Effect.sleep(backoffMs(failures.length))
    yield* launchServer(launch).pipe(
      Effect.tap((started) => Ref.set(current, started)),
      Effect.tap(({ processId }) => Effect.logInfo(`PostgreSQL runs again (process ${processId}).`)),
      // The server that ended is still the current one, so a start that failed is the next failure.
      Effect.catch((error) => Effect.logWarning(error.message))
    )
  }
})
