import { Effect, type Exit } from "effect"
import type { SimulatedProcess } from "./SimulatedProcess.ts"
import type { World } from "./World.ts"

/** How often the messages of a world go wrong, each way as a probability per message. */
export interface MessageTrouble {
  /** It never arrives, and the sender is told so at once. */
  readonly refused: number
  /** It never arrives, and the sender waits in vain. */
  readonly lost: number
  /** It arrives and has its effect; the answer never comes. */
  readonly answerLost: number
  /** It arrives long after the sender has given up. */
  readonly late: number
  /** It arrives twice, the second time late. */
  readonly twice: number
  /** It takes its time on the way there and back. */
  readonly slow: number
}

const USUAL_DELAY_MS = 2
const SLOW_DELAY_MS = 3_000
const LATE_DELAY_MS = 60_000

/** The message never left. */
export const REFUSED = "refused"

/** Carries messages between processes. What goes wrong with them is chosen by the world. */
export class Network {
  private readonly world: World
  private readonly trouble: MessageTrouble

  constructor(world: World, trouble: MessageTrouble) {
    this.world = world
    this.trouble = trouble
  }

  /**
   * Sends a message and waits for its answer, perhaps for ever. `handle` runs in the receiving process, each time that the
   * message arrives there; only its first answer is taken. Fails with REFUSED when the message certainly did not leave.
   */
  call<A>(
    from: SimulatedProcess,
    to: () => SimulatedProcess,
    about: string,
    handle: Effect.Effect<A>
  ): Effect.Effect<A, typeof REFUSED> {
    const { world } = this
    return Effect.callback<A, typeof REFUSED>((resume) => {
      const site = `${from.name}: ${about}`
      const fate = world.trouble(site, this.trouble)
      if (fate !== undefined) world.tell(from.name, () => `${about}: ${fate}`)
      const limitMs = fate === "slow" ? SLOW_DELAY_MS : USUAL_DELAY_MS
      const delayMs = () => world.delayMs(`delay of ${site}`, limitMs)
      if (fate === "refused") return world.time.after(delayMs(), () => from.post(() => resume(Effect.fail(REFUSED))))
      if (fate === "lost") return
      const answer = (exit: Exit.Exit<A>) => {
        if (fate !== "answerLost") world.time.after(delayMs(), () => from.post(() => resume(exit)))
      }
      const lateMs = () => world.delayMs(`lateness of ${site}`, LATE_DELAY_MS)
      const arrive = () => to().run(handle, answer)
      world.time.after(fate === "late" ? lateMs() : delayMs(), arrive)
      if (fate === "twice") world.time.after(lateMs(), arrive)
    })
  }
}
