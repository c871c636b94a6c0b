import { SagaWakeUp } from "@valerix/checkout/memory"
import { Context, Effect, Queue, Stream } from "effect"
import type { SimulatedProcess } from "../world/SimulatedProcess.ts"
import type { World } from "../world/World.ts"

const DELAY_MAX_MS = 50

/** Hints from process to process. They may get lost, and nobody is told of it. */
export class WakeUps {
  private readonly world: World
  private readonly lossRate: number
  private readonly listeners = new Map<SimulatedProcess, Queue.Queue<void>>()

  constructor(world: World, lossRate: number) {
    this.world = world
    this.lossRate = lossRate
  }

  /** The hints as a process gives and gets them. */
  hintsFor(process: SimulatedProcess): Context.Context<SagaWakeUp> {
    const hints = Stream.unwrap(
      Effect.gen({ self: this }, function* () {
        const queue = yield* Queue.sliding<void>(1)
        this.listeners.set(process, queue)
        return Stream.fromQueue(queue)
      })
    )
    return Context.make(SagaWakeUp, { wake: Effect.sync(() => this.wakeAll(process)), hints })
  }

  private wakeAll(from: SimulatedProcess): void {
    for (const [process, queue] of this.listeners) {
      if (!process.isAlive) {
        this.listeners.delete(process)
      } else if (!this.world.trouble(`hint from ${from.name} to ${process.name}`, { lost: this.lossRate })) {
        const delayMs = this.world.delayMs(`hint from ${from.name} to ${process.name}`, DELAY_MAX_MS)
        this.world.time.after(delayMs, () => process.post(() => Queue.offerUnsafe(queue, undefined)))
      }
    }
  }
}
