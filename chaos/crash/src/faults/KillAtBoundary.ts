import { Effect } from "effect"
import { CampaignFailed } from "../CampaignFailed.ts"
import type { PlannedKill } from "../Plan.ts"
import type { Program } from "../Program.ts"
import type { Arming } from "../program/Arming.ts"
import { type Fault, unfinishedNow } from "./Stage.ts"

/** A boundary that the load has not reached by then is not reached. */
const REACHED_WITHIN_MS = 12_000

export const armingOf = ({ boundary, fault, hit }: PlannedKill): Arming | undefined =>
  boundary === undefined ? undefined : { boundary, hit, deed: fault === "freeze at a boundary" ? "stop" : "kill" }

/** Waits until a program has struck itself; gives whether it has. Fails when it ended without. */
export const untilMarked = (program: Program): Effect.Effect<boolean, CampaignFailed> =>
  Effect.promise(() => Promise.race([program.marked, program.gone])).pipe(
    Effect.timeoutOption(REACHED_WITHIN_MS),
    Effect.flatMap(() => {
      if (program.mark() !== undefined) return Effect.succeed(true)
      return program.hasEnded()
        ? Effect.fail(new CampaignFailed({ findings: [`the program ended by itself; see ${program.log}`] }))
        : Effect.succeed(false)
    })
  )

/** The program kills itself (-9) where it was told to. */
export const killAtBoundary: Fault = Effect.fnUntraced(function* (stage, planned) {
  const program = stage.current()
  const arming = armingOf(planned)
  if (arming !== undefined && !program.isArmed()) program.arm(arming)
  const isReached = yield* untilMarked(program)
  if (!isReached) program.signal("SIGKILL")
  yield* Effect.promise(() => program.gone)
  const sinceMs = performance.now()
  return { outcome: isReached ? "struck" : "not reached", old: yield* unfinishedNow(stage), sinceMs }
})
