import { Choices, type Site } from "./Choices.ts"
import { VirtualTime } from "./VirtualTime.ts"

/** Several times as long as any lease. */
const PAUSE_MAX_MS = 40_000

/** What happened in a simulated world, for people. */
export interface Happening {
  readonly timeMs: number
  readonly where: string
  readonly what: string
}

/** A simulated world: its time, its chance, and the record of what happened in it. */
export class World {
  readonly time: VirtualTime
  readonly choices: Choices
  readonly happenings: Array<Happening> = []
  /** How many messages have yet to arrive. */
  arriving = 0
  /** While it is on, what is harmful may happen. */
  private isTroubled = true
  private readonly isRecording: boolean

  constructor(options: {
    readonly seed: number
    readonly startMs: number
    readonly muted?: ReadonlySet<string>
    readonly isRecording?: boolean
  }) {
    this.time = new VirtualTime(options.startMs)
    this.choices = new Choices(options.seed, options.muted)
    this.isRecording = options.isRecording ?? false
  }

  /** Records what happened; the words are made only where somebody will read them. */
  tell(where: string, what: () => string): void {
    if (this.isRecording) this.happenings.push({ timeMs: this.time.nowMs, where, what: what() })
  }

  /** One of several harmful things, or none; always none once the trouble is over. */
  trouble<Name extends string>(about: Site, probabilities: Readonly<Record<Name, number>>): Name | undefined {
    return this.isTroubled ? this.choices.choose(about, probabilities) : undefined
  }

  /** From now on nothing harmful happens any more. */
  endTrouble(): void {
    this.tell("world", () => "the trouble is over")
    this.isTroubled = false
  }

  /** How long a process is stopped. */
  pauseMs(about: string | Site): number {
    return this.choices.fraction(about) * PAUSE_MAX_MS
  }

  /** A time from 0 to a limit, most often short. */
  delayMs(about: string | Site, limitMs: number): number {
    const fraction = this.choices.fraction(about)
    return limitMs * fraction * fraction * fraction
  }
}
