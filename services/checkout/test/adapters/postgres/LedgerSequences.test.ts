import { assert } from "@effect/vitest"
import { Effect, Option } from "effect"
import fc from "fast-check"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { type Bench, promises } from "../../support/Bench.ts"
import { eventsOf, leasesOf, leasesRunOut, ledgerRow, queueRow } from "../../support/Books.ts"
import { abandoned, authorized, begin, begun, declined } from "../../support/Orders.ts"
import { newEntry, withOtherBody } from "../../support/Samples.ts"

/** An entry that was begun, as somebody would keep it in their head. */
class EntryModel {
  status: "AWAITING_AUTHORIZATION" | "AUTHORIZED" | "AUTHORIZATION_FAILED" = "AWAITING_AUTHORIZATION"
  generation = 1
  isAbandoned = false
  isToBeCancelled = false
  /** Whether each generation's lease has run out. */
  readonly leases = new Map([[1, false]])

  begin(isSameRequest: boolean): string {
    if (!isSameRequest) return "KeyReused"
    if (this.status !== "AWAITING_AUTHORIZATION") return "Known"
    if (!this.isAbandoned && this.leases.get(this.generation) === false) return "InProgress"
    this.generation += 1
    this.isAbandoned = false
    this.leases.set(this.generation, false)
    return `Begun ${this.generation}`
  }

  conclude(kind: Conclude["kind"], generation: number): boolean {
    const isOurs = generation === this.generation && this.status === "AWAITING_AUTHORIZATION" && !this.isAbandoned
    if (!isOurs) return false
    if (kind === "abandoned") {
      this.isAbandoned = true
      this.leases.set(generation, true)
      return true
    }
    this.status = kind === "authorized" ? "AUTHORIZED" : "AUTHORIZATION_FAILED"
    this.leases.delete(generation)
    return true
  }

  runOut(): void {
    for (const generation of this.leases.keys()) this.leases.set(generation, true)
  }

  take(): ReadonlyArray<number> {
    const taken = [...this.leases].filter(([, hasRunOut]) => hasRunOut).map(([generation]) => generation)
    for (const generation of taken) {
      this.leases.set(generation, false)
      if (generation === this.generation && this.status === "AWAITING_AUTHORIZATION") {
        this.isAbandoned = true
        if (this.isToBeCancelled) this.status = "AUTHORIZATION_FAILED"
      }
    }
    return taken
  }

  /** An order that nobody was answered for ends; its abandoned authorizations are still settled. */
  cancel(): string {
    if (this.status === "AUTHORIZATION_FAILED") return "Ended"
    this.isToBeCancelled = true
    if (this.status === "AUTHORIZED" || !this.isAbandoned) return "Requested"
    this.status = "AUTHORIZATION_FAILED"
    return "Ended"
  }
}

interface Conclude {
  readonly does: "conclude"
  readonly kind: "authorized" | "declined" | "abandoned"
  /** Counted back from the newest. */
  readonly generationsAgo: number
}

type Step =
  | { readonly does: "begin"; readonly isSameRequest: boolean }
  | Conclude
  | { readonly does: "run out" | "take" | "take and settle" | "cancel" }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant("begin" as const), isSameRequest: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("conclude" as const),
      kind: fc.constantFrom("authorized" as const, "declined" as const, "abandoned" as const, "abandoned" as const),
      generationsAgo: fc.nat(2)
    })
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom<Step>(
      { does: "run out" },
      { does: "run out" },
      { does: "take" },
      { does: "take and settle" },
      { does: "cancel" }
    )
  }
)

const CONCLUSIONS = { authorized, declined, abandoned }

const answersLikeTheModel = Effect.fnUntraced(function* (steps: ReadonlyArray<Step>) {
  const ledger = yield* OrderLedger
  const entry = newEntry()
  const other = withOtherBody(entry)
  const { organizationId } = entry.tenant
  // Another order, which nothing of this may touch.
  yield* begin(newEntry({ tenant: entry.tenant }))
  const { orderId } = yield* begun(entry)
  const model = new EntryModel()
  const authorization = (generation: number) => ({ organizationId, orderId, generation, correlationId: undefined })
  for (const one of steps) {
    switch (one.does) {
      case "begin": {
        const [result] = yield* begin(one.isSameRequest ? entry : other)
        const seen = result?._tag === "Begun" ? `Begun ${result.authorization.generation}` : result?._tag
        assert.strictEqual(seen, model.begin(one.isSameRequest))
        break
      }
      case "conclude": {
        const generation = Math.max(1, model.generation - one.generationsAgo)
        const [isOurs] = yield* ledger.conclude([CONCLUSIONS[one.kind](authorization(generation))])
        assert.strictEqual(isOurs, model.conclude(one.kind, generation))
        break
      }
      case "run out":
        yield* leasesRunOut
        model.runOut()
        break
      case "cancel": {
        const result = Option.getOrThrow(yield* ledger.requestCancel(organizationId, orderId))
        assert.strictEqual(result._tag, model.cancel())
        break
      }
      default: {
        const taken = yield* ledger.abandonExpired({ limit: 10_000, retryMs: 600_000 })
        const ours = taken.filter((one) => one.orderId === orderId)
        const generations = ours.map(({ generation }) => generation).toSorted((a, b) => a - b)
        assert.deepStrictEqual(generations, [...model.take()])
        if (one.does === "take and settle") {
          yield* ledger.forgetSettled(ours)
          for (const generation of generations) model.leases.delete(generation)
        }
      }
    }
  }
  assert.deepInclude(yield* ledgerRow(orderId), {
    status: model.status,
    generation: model.generation,
    abandoned: model.isAbandoned
  })
  assert.deepStrictEqual(
    new Map((yield* leasesOf(orderId)).map((lease) => [lease.generation, lease.has_run_out])),
    model.leases
  )
  const isAuthorized = model.status === "AUTHORIZED"
  assert.strictEqual((yield* queueRow(orderId)) !== undefined, isAuthorized)
  assert.deepStrictEqual(yield* eventsOf(orderId), isAuthorized ? ["order.authorized"] : [])
})

promises("an entry of the ledger", (promise) => {
  promise("goes the same way as a simple model, whatever happens to it", () =>
    Effect.gen(function* () {
      const context = yield* Effect.context<Bench>()
      const property = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), (steps) =>
        Effect.runPromise(Effect.provide(answersLikeTheModel(steps), context))
      )
      yield* Effect.promise(() => fc.assert(property, { numRuns: 40 }))
    })
  )
})
