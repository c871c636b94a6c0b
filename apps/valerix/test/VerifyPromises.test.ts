import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { orderIn } from "./support/TestClient.ts"
import { layerTestProgram, TestProgram, testTopology } from "./support/TestProgram.ts"

/** Breaks one promise as the owner of a database, and says what verify has to find. */
interface Sabotage {
  readonly what: string
  readonly database: "checkout" | "orders" | "inventory" | "payments" | "mock_provider"
  readonly statements: (orderId: string) => ReadonlyArray<string>
  readonly promise: number
  readonly code: string
}

const ofOrder = (table: string, change: string) => (id: string) => [
  `UPDATE ${table} SET ${change} WHERE order_id = '${id}'`
]

/** One order each, all CONFIRMED before. */
const sabotages: ReadonlyArray<Sabotage> = [
  {
    what: "an order that nothing will move on",
    database: "checkout",
    statements: ofOrder("order_ledger", "status = 'INVENTORY_RESERVED'"),
    promise: 6,
    code: "order_in_limbo"
  },
  {
    what: "an order that has stood still for too long",
    database: "checkout",
    statements: (id) => [
      `INSERT INTO saga_queue (organization_id, order_id, saga_version, visible_at)
        SELECT organization_id, order_id, saga_version, now() + interval '1 day' FROM order_ledger WHERE order_id = '${id}'`,
      `UPDATE order_ledger SET status = 'ORDER_CREATED', updated_at = now() - interval '1 hour' WHERE order_id = '${id}'`
    ],
    promise: 6,
    code: "order_stuck"
  },
  {
    what: "a completed order whose event was never written",
    database: "checkout",
    statements: (id) => [`DELETE FROM outbox WHERE aggregate_id = '${id}' AND event_type = 'order.completed'`],
    promise: 6,
    code: "event_missing"
  },
  {
    what: "a ledger total that is not its lines",
    database: "checkout",
    statements: ofOrder("order_ledger", "total_minor = total_minor + 1"),
    promise: 5,
    code: "order_total_mismatch"
  },
  {
    what: "a completed order whose sales order is not confirmed",
    database: "orders",
    statements: ofOrder("sales_orders", "status = 'PENDING', confirmed_at = NULL"),
    promise: 7,
    code: "completed_without_confirmation"
  },
  {
    what: "a completed order that holds no stock",
    database: "inventory",
    statements: ofOrder("inventory_reservations", "status = 'RELEASED', released_at = now()"),
    promise: 7,
    code: "completed_without_stock"
  }
]

layer(layerTestProgram(testTopology(), { breaksPromises: true }), {
  excludeTestServices: true,
  timeout: "120 seconds"
})("verify", (it) => {
  it.effect("is told which order broke which promise, and why", () =>
    Effect.gen(function* () {
      const { client, owner, verify } = yield* TestProgram
      yield* client.product("SOUND", 1_000)
      const orders = yield* Effect.forEach(sabotages, () =>
        Effect.map(client.order({ product_id: "SOUND", quantity: 1 }, { wait: 10 }), (answer) => orderIn(answer).id)
      )
      assert.deepStrictEqual((yield* verify.ofAll).findings, [])
      for (const [index, { database, statements }] of sabotages.entries()) {
        for (const statement of statements(orders[index] ?? "")) yield* owner(database).unsafe(statement)
      }
      const { findings } = yield* verify.ofAll
      for (const [index, { what, promise, code }] of sabotages.entries()) {
        const found = findings.filter((finding) => finding.subject === orders[index] && finding.code === code)
        assert.lengthOf(found, 1, `${what}: ${JSON.stringify(findings)}`)
        assert.strictEqual(found[0]?.promise, promise, what)
        assert.isNotEmpty(found[0]?.message, what)
      }
    })
  )
})
