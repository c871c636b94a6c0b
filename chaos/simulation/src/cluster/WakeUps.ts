import { SagaWakeUp } from "@valerix/checkout/memory"
import { Context, Effect } from "effect"
import type { SimulatedProcess } from "../world/SimulatedProcess.ts"
import type { World } from "../world/World.ts"

const DELAY_MAX_MS = 50

/** Hints from process to process. They may get lost, and nobody is told of it. */
export class WakeUps {
  private readonly world: World
  private readonly lossRate: number
  private readonly listeners = new Map<SimulatedProcess, Hints>()

  constructor(world: World, lossRate: number) {
    this.world = world
    this.lossRate = lossRate
  }

  /** The hints as a process gives them, and gets them if it listens. */
  hintsFor(process: SimulatedProcess, listens: boolean): Context.Context<SagaWakeUp> {
    const wake = Effect.sync(() => this.wakeAll(process))
    if (!listens) return Context.make(SagaWakeUp, { wake, listen: () => Effect.never })
    const hints = new Hints()
    this.listeners.set(process, hints)
    return Context.make(SagaWakeUp, { wake, listen: (onHint) => Effect.forever(Effect.andThen(hints.next, onHint)) })
  }

  private wakeAll(from: SimulatedProcess): void {
    for (const [process, hints] of this.listeners) {
      if (!process.isAlive) {
        this.listeners.delete(process)
        continue
      }
      const about = this.world.choices.site(`hint from ${from.name} to ${process.name}`)
      if (this.world.trouble(about, { lost: this.lossRate }) !== undefined) continue
      const delayMs = this.world.delayMs(about, DELAY_MAX_MS)
      this.world.time.after(delayMs, () => process.post(() => hints.give()))
    }
  }
}

/** The hints to one process: those that came while it was busy are one. */
class Hints {
  private isPending = false
  private waiting: (() => void) | undefined

  readonly next: Effect.Effect<void> = Effect.callback((resume) => this.wait(() => resume(Effect.void)))

  give(): void {
    const { waiting } = this
    this.waiting = undefined
    if (waiting === undefined) this.isPending = true
    else waiting()
  }

  private wait(waiting: () => void): void {
    this.waiting = waiting
    if (!this.isPending) return
    this.isPending = false
    this.give()
  }
}
