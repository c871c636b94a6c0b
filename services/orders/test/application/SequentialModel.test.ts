import { assert, layer } from "@effect/vitest"
import type { OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"
import fc from "fast-check"
import { OrdersCommands } from "../../src/contract/index.ts"
import { eventTypes, layerOrdersInDatabase, statusOf } from "../OrdersInDatabase.ts"
import { commandFor, makeOrganizationId, sampleOrder } from "../SampleOrders.ts"

const VERBS = ["create", "confirm", "cancel"] as const
type Verb = (typeof VERBS)[number]

/** One order as somebody would keep it in their head, one command after the other. */
class OrderModel {
  status: string | undefined
  events: Array<string> = []
  #epoch = 0
  #isUndone = false

  run(verb: Verb, epoch: number): string {
    const isCurrent = epoch >= this.#epoch
    const isAdmitted = isCurrent && (verb === "cancel" || !this.#isUndone)
    if (isAdmitted) this.#epoch = epoch
    if (isAdmitted && verb === "cancel") this.#isUndone = true
    if (verb === "create") return isAdmitted ? this.#create() : "Cancelled"
    if (!isAdmitted && this.status !== "CANCELLED") return "Cancelled"
    return verb === "confirm" ? this.#confirm() : this.#cancel()
  }

  #create(): string {
    if (this.status === undefined) this.#become("PENDING", "order.created")
    return "Done"
  }

  #confirm(): string {
    if (this.status === undefined) return "order_not_found"
    if (this.status === "CANCELLED") return "invalid_status_transition"
    if (this.status === "PENDING") this.#become("CONFIRMED", "order.confirmed")
    return "Done"
  }

  #cancel(): string {
    if (this.status === "PENDING" || this.status === "CONFIRMED") this.#become("CANCELLED", "order.cancelled")
    return "Done"
  }

  #become(status: string, event: string) {
    this.status = status
    this.events.push(event)
  }
}

const ORDERS = 4
const RUNS = 40

interface Step {
  readonly verb: Verb
  readonly commands: ReadonlyArray<{ readonly order: number; readonly epoch: number }>
}

const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom(...VERBS),
  commands: fc.array(fc.record({ order: fc.nat(ORDERS - 1), epoch: fc.integer({ min: 1, max: 4 }) }), {
    minLength: 1,
    maxLength: 6
  })
})

const answersLikeTheModel = Effect.fnUntraced(function* (steps: ReadonlyArray<Step>) {
  const services = yield* OrdersCommands
  const organizations = [makeOrganizationId(), makeOrganizationId()] as const
  const orders = Array.from({ length: ORDERS }, (_, index) => ({
    order: sampleOrder({ organizationId: organizations[index % 2 === 0 ? 0 : 1] }),
    model: new OrderModel()
  }))
  for (const { commands, verb } of steps) {
    const chosen = commands.flatMap(({ epoch, order }) =>
      orders.slice(order, order + 1).map((one) => ({ model: one.model, order: { ...one.order, epoch } }))
    )
    const outcomes =
      verb === "create"
        ? yield* services.create(chosen.map(({ order }) => order))
        : yield* services[verb](chosen.map(({ order }) => commandFor(order)))
    assert.deepStrictEqual(
      outcomes.map((outcome) => (outcome._tag === "Rejected" ? outcome.code : outcome._tag)),
      chosen.map(({ model, order }) => model.run(verb, order.epoch))
    )
  }
  for (const { model, order } of orders) {
    assert.strictEqual(yield* statusOf(order), model.status)
    assert.deepStrictEqual(yield* eventTypes(order), model.events)
  }
})

layer(layerOrdersInDatabase, { excludeTestServices: true })("the commands of sales orders", (it) => {
  it.effect("do in vectors what they would do one after the other", () =>
    Effect.gen(function* () {
      const context = yield* Effect.context<OrdersCommands | OwnerDatabase>()
      const property = fc.asyncProperty(fc.array(step, { maxLength: 10 }), (steps) =>
        Effect.runPromise(Effect.provide(answersLikeTheModel(steps), context))
      )
      yield* Effect.promise(() => fc.assert(property, { numRuns: RUNS }))
    })
  )
})
