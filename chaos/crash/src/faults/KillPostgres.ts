import { Effect } from "effect"
import { type Fault, unfinishedNow, untilItsMoment } from "./Stage.ts"

/** PostgreSQL is killed (-9) as a whole, and started again by its keeper. */
export const killPostgres: Fault = Effect.fnUntraced(function* (stage, planned) {
  yield* untilItsMoment(planned)
  const old = yield* unfinishedNow(stage)
  process.kill(yield* stage.server.processId, "SIGKILL")
  return { outcome: "struck", old, sinceMs: performance.now() }
})
