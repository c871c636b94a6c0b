import { Effect } from "effect"
import { backendsOf, endSessions } from "./Backends.ts"
import { type Fault, unfinishedNow, untilItsMoment } from "./Stage.ts"

/** At least one session of the program, and up to all, are ended by an administrator. */
export const endSomeSessions: Fault = Effect.fnUntraced(function* (stage, planned) {
  yield* untilItsMoment(planned)
  const backends = yield* backendsOf(stage)
  const old = yield* unfinishedNow(stage)
  yield* endSessions(stage, backends.slice(0, 1 + Math.floor(planned.moment * backends.length)))
  return { outcome: "struck", old, sinceMs: performance.now() }
})
