import { Effect, type Exit } from "effect"
import type { SimulatedProcess } from "./SimulatedProcess.ts"
import type { World } from "./World.ts"

/** How messages go wrong, each way as a probability per message. */
export interface MessageTrouble {
  /** It never arrives, and its sender is told so at once. */
  readonly refused: number
  /** It never arrives, and its sender hears nothing. */
  readonly lost: number
  /** It arrives and has its effect; its sender hears nothing. */
  readonly answerLost: number
  /** It arrives long after its sender has given up. */
  readonly late: number
  /** It arrives twice, the second time late. */
  readonly twice: number
  /** It takes its time, and so does the answer. */
  readonly slow: number
  /** Its sender is killed as soon as it is sent. */
  readonly senderKilled: number
  /** Its sender is killed when the answer arrives. */
  readonly receiverOfAnswerKilled: number
  /** Its sender is stopped as soon as it is sent, and goes on later: longer, often, than its lease. */
  readonly senderPaused: number
  /** It does not arrive, because its receiver goes down, for long. */
  readonly receiverTakenDown: number
}

/** How long messages take at most. */
export interface MessageDelays {
  readonly usualMs: number
  readonly slowMs: number
  readonly lateMs: number
}

/** One way that messages take. */
export interface Line {
  readonly about: string
  readonly from: SimulatedProcess
  /** The process that is there when the message arrives; none while it is down. */
  readonly to: () => SimulatedProcess | undefined
  readonly trouble: MessageTrouble
  readonly delays: MessageDelays
  /** Takes the receiver down, where that can happen. */
  readonly takeDown?: () => void
  /** How long the sender waits for the answer; for ever when left out. */
  readonly limitMs?: number
}

/** The message certainly did not leave. */
export const REFUSED = "refused"

/** No answer came in time; the message may have its effect, or may have it yet. */
export const UNANSWERED = "unanswered"

/**
 * Sends a message and waits for its answer. `handle` runs in the receiving process each time the message arrives; its first
 * answer is taken.
 */
export const send = <A>(
  world: World,
  line: Line,
  handle: Effect.Effect<A>
): Effect.Effect<A, typeof REFUSED | typeof UNANSWERED> => {
  const { about, delays, from, limitMs, takeDown, to } = line
  const site = world.choices.site(`${from.name}: ${about}`)
  return Effect.callback<A, typeof REFUSED | typeof UNANSWERED>((resumeOnce) => {
    let isWaiting = true
    const resume = (answer: Effect.Effect<A, typeof REFUSED | typeof UNANSWERED>) => {
      if (!isWaiting || !from.isAlive) return
      isWaiting = false
      from.post(() => resumeOnce(answer))
    }
    const fate = world.trouble(site, line.trouble)
    if (fate !== undefined) world.tell(from.name, () => `${about}: ${fate}`)
    const delayMs = () => world.delayMs(site, fate === "slow" ? delays.slowMs : delays.usualMs)
    const refuse = () => world.time.after(delayMs(), () => resume(Effect.fail(REFUSED)))
    const answer = (exit: Exit.Exit<A>) => {
      if (fate === "answerLost") return
      world.time.after(delayMs(), () => {
        if (fate === "receiverOfAnswerKilled") from.kill()
        resume(exit)
      })
    }
    if (limitMs !== undefined) world.time.after(limitMs, () => resume(Effect.fail(UNANSWERED)))
    const arriveAfter = (delayMs: number) => {
      world.arriving += 1
      world.time.after(delayMs, arrive)
    }
    const arrive = () => {
      world.arriving -= 1
      const receiver = to()
      if (receiver === undefined) refuse()
      else receiver.run(handle, answer)
    }
    if (fate === "receiverTakenDown") takeDown?.()
    if (fate === "refused") return refuse()
    if (fate !== "lost") arriveAfter(fate === "late" ? world.delayMs(site, delays.lateMs) : delayMs())
    if (fate === "twice") arriveAfter(world.delayMs(site, delays.lateMs))
    if (fate === "senderKilled") from.kill()
    if (fate === "senderPaused") from.pauseFor(world.pauseMs(site))
  })
}
