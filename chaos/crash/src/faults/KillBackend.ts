import { Effect } from "effect"
import { backendsOf } from "./Backends.ts"
import { type Fault, unfinishedNow, untilItsMoment } from "./Stage.ts"

/** One of PostgreSQL's processes is killed (-9); it then ends all others and recovers. */
export const killBackend: Fault = Effect.fnUntraced(function* (stage, planned) {
  yield* untilItsMoment(planned)
  const backends = yield* backendsOf(stage)
  const old = yield* unfinishedNow(stage)
  const victim = backends[Math.floor(planned.moment * backends.length)]
  const isKilled = victim !== undefined && kill(victim)
  return { outcome: isKilled ? "struck" : "not reached", old, sinceMs: performance.now() }
})

const kill = (processId: number): boolean => {
  try {
    return process.kill(processId, "SIGKILL")
  } catch {
    return false
  }
}
