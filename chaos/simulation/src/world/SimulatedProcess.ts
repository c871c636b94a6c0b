import { Clock, Context, Duration, Effect, type Exit, Logger, References, Scheduler } from "effect"
import type { VirtualTime } from "./VirtualTime.ts"

/**
 * A process of the simulated world: its fibers run on a scheduler and a clock of its own, one task at a time and without
 * taking virtual time. It can be killed as by SIGKILL: nothing of it runs any more, not even a finalizer; and be stopped
 * as by SIGSTOP: what came meanwhile is done when it goes on.
 */
export class SimulatedProcess {
  readonly name: string
  /** How far its clock is ahead of the world's. */
  clockOffsetMs = 0
  private readonly time: VirtualTime
  private state: "running" | "paused" | "halted" | "dead" = "running"
  private tasks: Array<() => void> = []
  private isDraining = false
  private readonly services: Context.Context<never>

  private readonly onDeath: () => void

  /** `onDeath` is told when it is killed. */
  constructor(
    name: string,
    time: VirtualTime,
    loggers: ReadonlyArray<Logger.Logger<unknown, unknown>> = [],
    onDeath: () => void = () => {}
  ) {
    this.name = name
    this.time = time
    this.onDeath = onDeath
    this.services = Context.mergeAll(
      Context.make(Scheduler.Scheduler, this.makeScheduler()),
      Context.make(Clock.Clock, this.makeClock()),
      Context.make(Logger.CurrentLoggers, new Set(loggers)),
      Context.make(References.MinimumLogLevel, "Warn"),
      Context.make(References.TracerEnabled, false)
    )
  }

  get isAlive(): boolean {
    return this.state !== "dead"
  }

  /** What has come and was not begun yet. */
  get hasBacklog(): boolean {
    return this.tasks.length > 0
  }

  /** Runs a program in this process. */
  run<A, E>(program: Effect.Effect<A, E>, onExit?: (exit: Exit.Exit<A, E>) => void): void {
    this.post(() => {
      const fiber = Effect.runForkWith(this.services)(program)
      if (onExit !== undefined) fiber.addObserver(onExit)
    })
  }

  /** Does something in this process, as soon as it runs; never if it is dead by then. */
  post(task: () => void): void {
    if (this.state === "dead") return
    this.tasks.push(task)
    if (this.state === "running") this.drain()
  }

  kill(): void {
    if (this.state === "dead") return
    this.state = "dead"
    this.tasks = []
    this.onDeath()
  }

  pause(): void {
    if (this.state === "running") this.state = "paused"
  }

  /** Stops it for good, and lets nobody know. */
  halt(): void {
    if (this.state !== "dead") this.state = "halted"
  }

  pauseFor(lengthMs: number): void {
    this.pause()
    this.time.after(lengthMs, () => this.resume())
  }

  resume(): void {
    if (this.state !== "paused") return
    this.state = "running"
    this.drain()
  }

  private drain(): void {
    if (this.isDraining) return
    this.isDraining = true
    let done = 0
    while (this.state === "running" && done < this.tasks.length) {
      this.tasks[done]?.()
      done += 1
    }
    // A task may have killed the process, and with it what was still to be done.
    this.tasks = this.tasks.slice(done)
    this.isDraining = false
  }

  private makeScheduler(): Scheduler.Scheduler {
    const dispatcher: Scheduler.SchedulerDispatcher = { scheduleTask: (task) => this.post(task), flush: () => {} }
    return { executionMode: "async", shouldYield: () => false, makeDispatcher: () => dispatcher }
  }

  private makeClock(): Clock.Clock {
    const nowMs = () => this.time.nowMs + this.clockOffsetMs
    const nowNanos = () => BigInt(Math.round(nowMs() * 1_000)) * 1_000n
    return {
      currentTimeMillisUnsafe: nowMs,
      currentTimeMillis: Effect.sync(nowMs),
      currentTimeNanosUnsafe: nowNanos,
      currentTimeNanos: Effect.sync(nowNanos),
      monotonicTimeNanosUnsafe: nowNanos,
      monotonicTimeNanos: Effect.sync(nowNanos),
      sleep: (duration) =>
        Effect.callback<void>((resume) => {
          let isWaiting = true
          this.time.after(Duration.toMillis(duration), () => {
            if (isWaiting) this.post(() => resume(Effect.void))
          })
          return Effect.sync(() => {
            isWaiting = false
          })
        })
    }
  }
}
