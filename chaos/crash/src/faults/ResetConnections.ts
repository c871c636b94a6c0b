import { Effect } from "effect"
import { type Fault, unfinishedNow, untilItsMoment } from "./Stage.ts"

const TIMES = 3
const BETWEEN_MS = 150

/** All connections between the program and PostgreSQL are reset, a few times, in the middle of what is on its way. */
export const resetConnections: Fault = Effect.fnUntraced(function* (stage, planned) {
  yield* untilItsMoment(planned)
  const old = yield* unfinishedNow(stage)
  let count = 0
  for (let time = 1; time <= TIMES; time += 1) {
    count += yield* stage.server.proxy.reset
    if (time < TIMES) yield* Effect.sleep(BETWEEN_MS)
  }
  return { outcome: count > 0 ? "struck" : "not reached", old, sinceMs: performance.now() }
})
