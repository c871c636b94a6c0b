import { Context, Deferred, Effect, Layer } from "effect"

export type MockOperation = "authorize" | "capture" | "void" | "refund" | "lookup"

/**
 * What can happen to a request:
 *
 * - NOT_SENT: the connection is refused; it never leaves.
 * - REQUEST_LOST: it never arrives, and the caller learns nothing.
 * - ANSWER_LOST: it has its effect, and the caller learns nothing.
 * - LATE: the caller learns nothing, and it arrives once it is released.
 * - REQUEST_HELD, ANSWER_HELD: it stops on its way there or back until it is released, and the caller waits for it.
 */
export type MockFault = "NOT_SENT" | "REQUEST_LOST" | "ANSWER_LOST" | "LATE" | "REQUEST_HELD" | "ANSWER_HELD"

export interface MockRequest {
  readonly operation: MockOperation
  readonly key: string
  readonly attempt: number
}

/** A request that was stopped on its way, or its answer on the way back. */
export interface HeldRequest {
  /** Waits until a request is held. */
  readonly arrived: Effect.Effect<void>
  /** Lets it go on. */
  readonly release: Effect.Effect<void>
}

/** What is to be done with a request: a fault, or a stop on its way whose caller goes on waiting. */
export type MockFate =
  | { readonly _tag: "Fault"; readonly fault: "NOT_SENT" | "REQUEST_LOST" | "ANSWER_LOST" }
  | { readonly _tag: "Late"; readonly released: Effect.Effect<void> }
  | { readonly _tag: "Held"; readonly where: "REQUEST" | "ANSWER"; readonly pass: Effect.Effect<void> }

/** Makes requests to the mock provider go wrong on purpose, in tests and campaigns. */
export class MockProviderFaults extends Context.Service<
  MockProviderFaults,
  {
    /** The next requests of a kind meet a fault, one after the other; what is late or held waits for `releaseAll`. */
    readonly next: (operation: MockOperation, fault: MockFault, times?: number) => Effect.Effect<void>
    /** Stops the next request of a kind, or its answer on the way back, until the test releases it; the caller waits. */
    readonly hold: (operation: MockOperation, where?: "REQUEST" | "ANSWER") => Effect.Effect<HeldRequest>
    /** Decides the fate of every request that no `next` or `hold` is meant for, until it is given another rule. */
    readonly decideBy: (rule: (request: MockRequest) => MockFault | undefined) => Effect.Effect<void>
    /** Lets all that is late or held go on; gives how many there were. */
    readonly releaseAll: Effect.Effect<number>
    /** Ends all faults, and lets all that is late or held go on. */
    readonly clear: Effect.Effect<void>
    /** For the provider: what is to be done with a request. */
    readonly take: (request: MockRequest) => Effect.Effect<MockFate | undefined>
  }
>()("@valerix/payments/mock/MockProviderFaults") {
  static readonly layer = Layer.sync(MockProviderFaults, () => {
    type Planned = { readonly fault: MockFault } | { readonly fate: MockFate }
    const planned = new Map<MockOperation, Array<Planned>>()
    const stopped = new Set<Deferred.Deferred<void>>()
    let rule: (request: MockRequest) => MockFault | undefined = () => undefined

    const plan = (operation: MockOperation, ...entries: ReadonlyArray<Planned>) =>
      Effect.sync(() => {
        planned.set(operation, [...(planned.get(operation) ?? []), ...entries])
      })

    const fateOf = (fault: MockFault): MockFate => {
      if (fault === "NOT_SENT" || fault === "REQUEST_LOST" || fault === "ANSWER_LOST") return { _tag: "Fault", fault }
      const released = Deferred.makeUnsafe<void>()
      stopped.add(released)
      const pass = Deferred.await(released)
      if (fault === "LATE") return { _tag: "Late", released: pass }
      return { _tag: "Held", where: fault === "REQUEST_HELD" ? "REQUEST" : "ANSWER", pass }
    }

    const releaseAll = Effect.suspend(() => {
      const waiting = [...stopped]
      stopped.clear()
      return Effect.as(
        Effect.forEach(waiting, (released) => Deferred.succeed(released, undefined)),
        waiting.length
      )
    })

    return MockProviderFaults.of({
      next: (operation, fault, times = 1) => plan(operation, ...Array.from({ length: times }, () => ({ fault }))),
      hold: (operation, where = "REQUEST") =>
        Effect.gen(function* () {
          const arrived = yield* Deferred.make<void>()
          const released = yield* Deferred.make<void>()
          const pass = Effect.andThen(Deferred.succeed(arrived, undefined), Deferred.await(released))
          yield* plan(operation, { fate: { _tag: "Held", where, pass } })
          return { arrived: Deferred.await(arrived), release: Effect.asVoid(Deferred.succeed(released, undefined)) }
        }),
      decideBy: (given) =>
        Effect.sync(() => {
          rule = given
        }),
      releaseAll,
      clear: Effect.suspend(() => {
        planned.clear()
        rule = () => undefined
        return Effect.asVoid(releaseAll)
      }),
      take: (request) =>
        Effect.sync(() => {
          const entry = planned.get(request.operation)?.shift()
          if (entry !== undefined && "fate" in entry) return entry.fate
          const fault = entry?.fault ?? rule(request)
          return fault === undefined ? undefined : fateOf(fault)
        })
    })
  })
}
