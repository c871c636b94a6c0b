import { Deferred, Effect } from "effect"

/** A place that a call has to wait at: a test sees that it has come there, and lets it go on. */
export class Gate {
  private readonly arrival = Deferred.makeUnsafe<void>()
  private readonly opening = Deferred.makeUnsafe<void>()

  /** Completes when a call has come here. */
  readonly reached: Effect.Effect<void> = Deferred.await(this.arrival)
  readonly open: Effect.Effect<void> = Effect.asVoid(Deferred.succeed(this.opening, undefined))
  readonly pass: Effect.Effect<void> = Effect.andThen(
    Deferred.succeed(this.arrival, undefined),
    Deferred.await(this.opening)
  )
}

/** What a participant does wrong in one call, before or after the effects of its commands. */
export interface Disturbance {
  readonly when: "before" | "after"
  readonly how: "unavailable" | "never" | "dies" | Gate
  /** For `unavailable`: of which orders; all when it is left out. */
  readonly orders?: ReadonlyArray<string>
}

export const before = (how: Disturbance["how"], ...orders: ReadonlyArray<string>): Disturbance =>
  orders.length === 0 ? { when: "before", how } : { when: "before", how, orders }
export const after = (how: Disturbance["how"], ...orders: ReadonlyArray<string>): Disturbance =>
  orders.length === 0 ? { when: "after", how } : { when: "after", how, orders }

interface Command {
  readonly orderId: string
}

const noAnswer = { _tag: "Unavailable", reason: "no answer" } as const

/** What was asked of a participant, and what it is to do wrong. A call that nothing was planned for goes well. */
export class Script<Operation extends string> {
  readonly calls: Array<{ readonly operation: Operation; readonly orders: ReadonlyArray<string> }> = []
  /** Whether the answer to a command gets lost, where nothing was planned: before it has its effect, after it, or not. */
  chance: () => Disturbance["when"] | undefined = () => undefined
  private readonly planned = new Map<Operation, Array<ReadonlyArray<Disturbance>>>()
  private readonly standing = new Map<Operation, ReadonlyArray<Disturbance>>()

  /** Plans the next call of an operation that is not planned yet. */
  plan(operation: Operation, ...disturbances: ReadonlyArray<Disturbance>): void {
    this.planned.set(operation, [...(this.planned.get(operation) ?? []), disturbances])
  }

  /** Disturbs every call of an operation, until it is told otherwise. */
  always(operation: Operation, ...disturbances: ReadonlyArray<Disturbance>): void {
    this.standing.set(operation, disturbances)
  }

  callsOf(operation: Operation): ReadonlyArray<ReadonlyArray<string>> {
    return this.calls.filter((call) => call.operation === operation).map((call) => call.orders)
  }

  /** Plays one call: `effect` has the effect of one command and gives its answer. */
  play<C extends Command, Answer>(
    operation: Operation,
    commands: ReadonlyArray<C>,
    effect: (command: C) => Answer
  ): Effect.Effect<ReadonlyArray<Answer | typeof noAnswer>> {
    return Effect.suspend(() => {
      this.calls.push({ operation, orders: commands.map(({ orderId }) => orderId) })
      const disturbances = this.planned.get(operation)?.shift() ?? this.standing.get(operation) ?? []
      const isSilenced = (when: Disturbance["when"], { orderId }: Command) =>
        disturbances.some(
          (one) => one.when === when && one.how === "unavailable" && (one.orders?.includes(orderId) ?? true)
        )
      const stops = (when: Disturbance["when"]) =>
        Effect.forEach(
          disturbances.filter((one) => one.when === when),
          stop,
          { discard: true }
        )
      const { chance } = this
      return Effect.gen(function* () {
        yield* stops("before")
        const lost = commands.map((command) => {
          if (isSilenced("before", command)) return "before"
          return isSilenced("after", command) ? "after" : chance()
        })
        const answers = commands.map((command, index) => (lost[index] === "before" ? noAnswer : effect(command)))
        yield* stops("after")
        return answers.map((answer, index) => (lost[index] === "after" ? noAnswer : answer))
      })
    })
  }
}

const stop = ({ how }: Disturbance): Effect.Effect<void> => {
  if (how instanceof Gate) return how.pass
  if (how === "never") return Effect.never
  return how === "dies" ? Effect.die(new Error("a participant died")) : Effect.void
}
