import { Effect, Fiber } from "effect"
import type { Chance } from "./Chance.ts"
import type { Participant, Reply } from "./Participant.ts"

/**
 * Makes a participant refuse a few sagas for good, answer badly now and then, and take its time: what it was asked for
 * reaches it also when nobody waits for its answer any more.
 */
export const makeUnreliable = <Data>(participant: Participant<Data>, chance: Chance, slownessMaxMs: number) => {
  const verdicts = new Map<string, boolean>()
  participant.replies = ({ command, sagaId }): Reply => {
    const key = `${command} ${sagaId}`
    const isRefused = verdicts.get(key) ?? chance.happens(command === participant.names.command ? 0.05 : 0.01)
    verdicts.set(key, isRefused)
    if (isRefused) return "rejected"
    if (chance.happens(0.75)) return "done"
    return (["unavailable", "unanswered", "not sent"] as const)[chance.upTo(3)] ?? "done"
  }
  participant.fate = (_, answer) => {
    const takesMs = chance.happens(0.1) ? chance.upTo(slownessMaxMs) : chance.upTo(slownessMaxMs / 100)
    return Effect.flatMap(Effect.forkDetach(Effect.delay(answer, takesMs)), Fiber.join)
  }
}
