import { assert, layer } from "@effect/vitest"
import { MinorUnits, makeProductId, Quantity } from "@valerix/money-and-ids"
import { cancelled, done } from "@valerix/saga"
import { Effect, Schema } from "effect"
import { type CreateSalesOrder, OrderCreated, OrdersCommands } from "../../src/contract/index.ts"
import { inspect, layerOrdersInDatabase } from "../OrdersInDatabase.ts"
import { commandFor, makeOrganizationId, sampleOrder } from "../SampleOrders.ts"

const create = (commands: ReadonlyArray<CreateSalesOrder>) =>
  Effect.flatMap(OrdersCommands, (orders) => orders.create(commands))

layer(layerOrdersInDatabase, { excludeTestServices: true })("creating sales orders", (it) => {
  it.effect("keeps the order, its lines and its event in one go", () =>
    Effect.gen(function* () {
      const order = sampleOrder()
      assert.deepStrictEqual(yield* create([order]), [done])
      const kept = yield* inspect(order)
      assert.include(kept.order, {
        customer_id: order.customerId,
        status: "PENDING",
        currency: "EUR",
        total_minor: 6992,
        external_reference: "web-42",
        correlation_id: "req-1",
        confirmed_at: null,
        cancelled_at: null
      })
      assert.deepStrictEqual(kept.order?.adjustments, [{ kind: "SHIPPING", amount_minor: 495, description: "Parcel" }])
      assert.deepStrictEqual(kept.order?.shipping_address, { city: "Lisbon", country: "PT" })
      assert.deepStrictEqual(
        kept.lines.map((line) => [line.line_number, line.sku, line.quantity, line.line_total_minor]),
        [
          [1, "MUG-1", 3, 5997],
          [2, "PEN-1", 1, 500]
        ]
      )
      assert.deepStrictEqual(kept.events, [
        {
          event_type: "order.created",
          event_version: 1,
          aggregate_type: "order",
          correlation_id: "req-1",
          payload: {
            order_id: order.orderId,
            user_id: order.customerId,
            total_amount: { amount: "69.92", currency: "EUR" },
            items: [
              { product_id: order.lines[0]?.productId, quantity: 3, price: { amount: "19.99", currency: "EUR" } },
              { product_id: order.lines[1]?.productId, quantity: 1, price: { amount: "5.00", currency: "EUR" } }
            ]
          }
        }
      ])
      const payload = yield* Schema.decodeUnknownEffect(OrderCreated)(kept.events[0]?.payload)
      assert.strictEqual(payload.total_amount.amountMinor, order.totalMinor)
    })
  )

  it.effect("takes an order without anything that may be left out", () =>
    Effect.gen(function* () {
      const order = sampleOrder({
        totalMinor: MinorUnits.make(6497),
        adjustments: [],
        shippingAddress: undefined,
        externalReference: undefined,
        correlationId: undefined
      })
      assert.deepStrictEqual(yield* create([order]), [done])
      const kept = yield* inspect(order)
      assert.include(kept.order, { shipping_address: null, external_reference: null, correlation_id: null })
    })
  )

  it.effect("is done again, and changes nothing, when it is repeated with other content or by a later worker", () =>
    Effect.gen(function* () {
      const order = sampleOrder()
      yield* create([order])
      const before = yield* inspect(order)
      const repetition = { ...order, epoch: 2, lines: order.lines.slice(0, 1), totalMinor: MinorUnits.make(6492) }
      assert.deepStrictEqual(yield* create([order, repetition]), [done, done])
      assert.deepStrictEqual(yield* inspect(order), before)
    })
  )

  it.effect("answers a vector in its order, whatever happens to its neighbours", () =>
    Effect.gen(function* () {
      const [sound, mismatched, kept, stopped] = [sampleOrder(), sampleOrder(), sampleOrder(), sampleOrder()]
      const { cancel } = yield* OrdersCommands
      yield* create([kept])
      yield* cancel([commandFor(stopped)])
      const outcomes = yield* create([{ ...mismatched, totalMinor: MinorUnits.make(1) }, stopped, sound, kept])
      assert.deepStrictEqual(outcomes.slice(1), [cancelled, done, done])
      assert.deepInclude(outcomes[0], {
        _tag: "Rejected",
        code: "order_total_mismatch",
        details: { stated_minor: 1, calculated_minor: 6992 }
      })
      assert.isUndefined((yield* inspect(mismatched)).order)
      assert.deepStrictEqual((yield* inspect(mismatched)).events, [])
      assert.isDefined((yield* inspect(sound)).order)
      assert.isUndefined((yield* inspect(stopped)).order)
    })
  )

  it.effect("rejects what breaks a rule of every order", () =>
    Effect.gen(function* () {
      const [outcome] = yield* create([sampleOrder({ lines: [] })])
      assert.deepInclude(outcome, { _tag: "Rejected", code: "invalid_data" })
    })
  )

  it.effect("creates the orders of several organizations at once, each with its own number", () =>
    Effect.gen(function* () {
      const [one, other] = [makeOrganizationId(), makeOrganizationId()]
      const orders = [one, other, one, other].map((organizationId) => sampleOrder({ organizationId }))
      assert.deepStrictEqual(yield* create(orders), [done, done, done, done])
      const numbers: Array<unknown> = []
      for (const order of orders) numbers.push((yield* inspect(order)).order?.so_number)
      assert.strictEqual(new Set(numbers).size, 4)
    })
  )

  it.effect("finds the one order of eight that the database refuses, and creates the seven others", () =>
    Effect.gen(function* () {
      const orders = Array.from({ length: 8 }, () => sampleOrder())
      const poisoned = orders.map((order, index) =>
        index === 5 ? { ...order, shippingAddress: { city: "\u0000" } } : order
      )
      const outcomes = yield* create(poisoned)
      assert.deepStrictEqual(
        outcomes.map((outcome) => (outcome._tag === "Rejected" ? outcome.code : outcome._tag)),
        ["Done", "Done", "Done", "Done", "Done", "invalid_data", "Done", "Done"]
      )
      for (const [index, order] of orders.entries()) {
        const { events, order: kept } = yield* inspect(order)
        assert.strictEqual(kept !== undefined, index !== 5)
        assert.strictEqual(events.length, index === 5 ? 0 : 1)
      }
    })
  )

  it.effect("creates the largest order there is", () =>
    Effect.gen(function* () {
      const line = { sku: "S", quantity: Quantity.make(2), unitPriceMinor: MinorUnits.make(5) }
      const lines = Array.from({ length: 2_000 }, () => ({ ...line, productId: makeProductId() }))
      const order = sampleOrder({ lines, adjustments: [], totalMinor: MinorUnits.make(20_000) })
      assert.deepStrictEqual(yield* create([order]), [done])
      assert.strictEqual((yield* inspect(order)).lines.length, 2_000)
    })
  )

  it.effect("creates an order once when many ask for it at the same moment", () =>
    Effect.gen(function* () {
      const orders = Array.from({ length: 20 }, () => sampleOrder())
      const vectors = Array.from({ length: 6 }, (_, index) => [...orders.slice(index), ...orders.slice(0, index)])
      const outcomes = yield* Effect.forEach(vectors, create, { concurrency: "unbounded" })
      assert.deepStrictEqual(new Set(outcomes.flat()), new Set([done]))
      for (const order of orders) {
        const { events, lines } = yield* inspect(order)
        assert.strictEqual(events.length, 1)
        assert.strictEqual(lines.length, 2)
      }
    })
  )

  it.effect("answers an empty vector with nothing", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* create([]), [])
    })
  )
})
