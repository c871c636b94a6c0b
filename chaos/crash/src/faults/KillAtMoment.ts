import { Effect } from "effect"
import { type Fault, unfinishedNow, untilItsMoment } from "./Stage.ts"

/** The program is killed (-9) from outside, wherever it is. */
export const killAtMoment: Fault = Effect.fnUntraced(function* (stage, planned) {
  const program = stage.current()
  yield* untilItsMoment(planned)
  program.signal("SIGKILL")
  yield* Effect.promise(() => program.gone)
  const sinceMs = performance.now()
  return { outcome: "struck", old: yield* unfinishedNow(stage), sinceMs }
})
