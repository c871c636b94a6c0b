import { Cause, type Context, Effect, type Exit, Layer, Logger } from "effect"
import { SimulatedProcess } from "./SimulatedProcess.ts"
import type { World } from "./World.ts"

/** How long a process that has died is missed at most, before another is started in its place. */
const RESTART_MAX_MS = 10_000

/** Longer than all attempts of a step together. */
export const OUTAGE_MAX_MS = 150_000

/**
 * A place where one program runs: as one process after the other, because each may be killed. What it offers to others is
 * there from the end of its start to its death.
 */
export class Host<Services> {
  readonly name: string
  /** What was logged as an error, and is none of the troubles of the world. */
  readonly errors: Array<string> = []
  private readonly world: World
  private readonly program: (process: SimulatedProcess) => Layer.Layer<Services>
  private running: { readonly process: SimulatedProcess; services: Context.Context<Services> | undefined } | undefined
  private incarnations = 0
  private downUntilMs = 0
  private isHalted = false

  constructor(world: World, name: string, program: (process: SimulatedProcess) => Layer.Layer<Services>) {
    this.world = world
    this.name = name
    this.program = program
  }

  /** The process that runs now; none while it is down. */
  readonly process = (): SimulatedProcess | undefined => this.running?.process

  /** What the program offers; waits for nothing, dies when it is not there. */
  readonly offers: Effect.Effect<Context.Context<Services>> = Effect.suspend(() =>
    this.running?.services === undefined
      ? Effect.die(new Error(`${this.name} has not started yet`))
      : Effect.succeed(this.running.services)
  )

  start(): void {
    if (this.isHalted) return
    this.incarnations += 1
    const process = new SimulatedProcess(this.name, this.world.time, [this.logger], () => this.restart("killed"))
    const running: Host<Services>["running"] = { process, services: undefined }
    this.running = running
    this.world.tell(this.name, () => (this.incarnations === 1 ? "starts" : `starts again (${this.incarnations})`))
    const run = Effect.scoped(
      Effect.andThen(
        Effect.map(Layer.build(this.program(process)), (services) => {
          running.services = services
        }),
        Effect.never
      )
    )
    process.run(run, (exit: Exit.Exit<never>) => {
      if (exit._tag === "Failure") this.world.tell(this.name, () => `cannot start: ${Cause.pretty(exit.cause)}`)
      process.kill()
    })
  }

  readonly kill = (): void => this.running?.process.kill()
  /** Takes it away for a long time: nobody is there, or nobody answers. */
  readonly takeDown = (): void => {
    const { choices, time } = this.world
    const downMs = choices.fraction(`outage of ${this.name}`) * OUTAGE_MAX_MS
    if (choices.fraction(`kind of outage of ${this.name}`) < 0.5) {
      this.running?.process.pauseFor(downMs)
    } else {
      this.downUntilMs = time.nowMs + downMs
      this.kill()
    }
  }
  /** Nothing is done here any more: what runs stops, and nothing is started again. */
  readonly halt = (): void => {
    this.isHalted = true
    this.running?.process.halt()
  }
  readonly pauseFor = (lengthMs: number): void => this.running?.process.pauseFor(lengthMs)
  readonly resume = (): void => this.running?.process.resume()
  readonly moveClock = (offsetMs: number): void => {
    if (this.running !== undefined) this.running.process.clockOffsetMs = offsetMs
  }

  private restart(why: string): void {
    this.running = undefined
    this.world.tell(this.name, () => why)
    const restartMs = this.world.delayMs(`restart of ${this.name}`, RESTART_MAX_MS)
    this.world.time.after(Math.max(restartMs, this.downUntilMs - this.world.time.nowMs), () => this.start())
  }

  private readonly logger = Logger.make(({ cause, logLevel, message }) => {
    this.world.tell(this.name, () => `logs ${logLevel}: ${JSON.stringify(message)} ${Cause.pretty(cause)}`.trim())
    if (logLevel === "Error" || logLevel === "Fatal") this.errors.push(JSON.stringify(message))
  })
}
