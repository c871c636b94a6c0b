import { Effect } from "effect"
import { LEASE_MS } from "../program/ShortLeases.ts"
import { armingOf, untilMarked } from "./KillAtBoundary.ts"
import { type Fault, unfinishedNow } from "./Stage.ts"

/** How much longer than its leases the program is frozen at least. */
const BEYOND_LEASE_MS = 300
/** So many freezes last until the other program has ended all orders, also those whose rows the frozen one has locked. */
const LONG_SHARE = 0.1
/** How long it may then do what it was about to, beside the program that has taken its orders over. */
const THAWED_MS = 500

/**
 * The program stops (SIGSTOP) where it was told to, for longer than its leases; another one takes its orders over. Then it
 * goes on (SIGCONT) as if nothing had happened, with commands and writes that come too late.
 */
export const freezeAtBoundary: Fault = Effect.fnUntraced(function* (stage, planned) {
  const frozen = stage.current()
  const other = yield* stage.startAnother(stage.conditions())
  yield* stage.untilItServes(other)
  const arming = armingOf(planned)
  if (arming !== undefined) frozen.arm(arming)
  const isReached = yield* untilMarked(frozen)
  if (!isReached) frozen.signal("SIGSTOP")
  const sinceMs = performance.now()
  stage.makeCurrent(other)
  const thaw = Effect.gen(function* () {
    yield* Effect.sleep(Math.max(0, sinceMs + LEASE_MS + BEYOND_LEASE_MS - performance.now()))
    frozen.signal("SIGCONT")
    yield* Effect.sleep(THAWED_MS)
    frozen.signal("SIGKILL")
    yield* Effect.promise(() => frozen.gone)
  })
  const outcome = isReached ? "struck" : "not reached"
  const old = yield* unfinishedNow(stage)
  return planned.moment < LONG_SHARE
    ? { outcome, old, sinceMs, afterwards: thaw }
    : { outcome, old, sinceMs, alongside: thaw }
})
