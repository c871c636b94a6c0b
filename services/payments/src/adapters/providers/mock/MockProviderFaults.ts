import { Context, Deferred, Effect, Layer } from "effect"

export type MockOperation = "authorize" | "capture" | "void" | "refund" | "lookup"

/**
 * What can happen to a request:
 *
 * - NOT_SENT: the connection is refused; it never leaves.
 * - REQUEST_LOST: it never arrives, and the caller learns nothing.
 * - ANSWER_LOST: it has its effect, and the caller learns nothing.
 * - LATE: the caller learns nothing, and it arrives once it is released.
 */
export type MockFault = "NOT_SENT" | "REQUEST_LOST" | "ANSWER_LOST" | "LATE"

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
  | { readonly _tag: "Fault"; readonly fault: Exclude<MockFault, "LATE"> }
  | { readonly _tag: "Late"; readonly released: Effect.Effect<void> }
  | { readonly _tag: "Held"; readonly where: "BEFORE" | "AFTER"; readonly pass: Effect.Effect<void> }

/** Makes requests to the mock provider go wrong on purpose, in tests and campaigns. */
export class MockProviderFaults extends Context.Service<
  MockProviderFaults,
  {
    /** The next requests of a kind meet a fault, one after the other; `LATE` ones wait for `releaseAll`. */
    readonly next: (operation: MockOperation, fault: MockFault, times?: number) => Effect.Effect<void>
    /** Stops the next request of a kind before, or its answer after, its effect; the caller waits on. */
    readonly hold: (operation: MockOperation, where?: "BEFORE" | "AFTER") => Effect.Effect<HeldRequest>
    /** Decides the fate of every request that no `next` or `hold` is meant for, until it is given another rule. */
    readonly decideBy: (rule: (request: MockRequest) => MockFault | undefined) => Effect.Effect<void>
    /** Lets all late requests arrive; gives how many there were. */
    readonly releaseAll: Effect.Effect<number>
    /** Ends all faults, and lets all late requests arrive. */
    readonly clear: Effect.Effect<void>
    /** For the provider: what is to be done with a request. */
    readonly take: (request: MockRequest) => Effect.Effect<MockFate | undefined>
  }
>()("@valerix/payments/mock/MockProviderFaults") {
  static readonly layer = Layer.sync(MockProviderFaults, () => {
    type Planned = { readonly fault: MockFault } | { readonly fate: MockFate }
    const planned = new Map<MockOperation, Array<Planned>>()
    const late = new Set<Deferred.Deferred<void>>()
    let rule: (request: MockRequest) => MockFault | undefined = () => undefined

    const plan = (operation: MockOperation, ...entries: ReadonlyArray<Planned>) =>
      Effect.sync(() => {
        planned.set(operation, [...(planned.get(operation) ?? []), ...entries])
      })

    const fateOf = (fault: MockFault): MockFate => {
      if (fault !== "LATE") return { _tag: "Fault", fault }
      const released = Deferred.makeUnsafe<void>()
      late.add(released)
      return { _tag: "Late", released: Deferred.await(released) }
    }

    const releaseAll = Effect.suspend(() => {
      const waiting = [...late]
      late.clear()
      return Effect.as(
        Effect.forEach(waiting, (released) => Deferred.succeed(released, undefined)),
        waiting.length
      )
    })

    return MockProviderFaults.of({
      next: (operation, fault, times = 1) => plan(operation, ...Array.from({ length: times }, () => ({ fault }))),
      hold: (operation, where = "BEFORE") =>
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
