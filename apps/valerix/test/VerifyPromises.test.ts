import { assert, layer } from "@effect/vitest"
import type { Progress } from "@valerix/checkout"
import type { Finding } from "@valerix/tenancy"
import { Effect, Schema } from "effect"
import { orderIn, organizationHeader } from "./support/TestClient.ts"
import { layerTestProgram, TestProgram, testTopology } from "./support/TestProgram.ts"

const Report = Schema.Struct({
  clean: Schema.Boolean,
  orders: Schema.Int,
  findings: Schema.Array(
    Schema.Struct({ code: Schema.String, organization_id: Schema.String, subject: Schema.String })
  ),
  next_cursor: Schema.NullOr(Schema.String)
})

/** Breaks promises as the owner of a database, and says what verify has to find. */
interface Sabotage {
  readonly what: string
  readonly database: "checkout" | "orders" | "inventory" | "payments" | "mock_provider"
  readonly statements: (orderId: string) => ReadonlyArray<string>
  /** `<promise> <code>`. */
  readonly finds: ReadonlyArray<string>
}

const ofOrder = (table: string, change: string) => (id: string) => [
  `UPDATE ${table} SET ${change} WHERE order_id = '${id}'`
]

/** Into the queues, out of the reach of orchestrator and sweep. */
const enqueued = (id: string, visibleAt = "now() + interval '1 day'") => `
  INSERT INTO saga_queue (organization_id, order_id, saga_version, visible_at)
  SELECT organization_id, order_id, saga_version, ${visibleAt} FROM order_ledger WHERE order_id = '${id}'`
const leased = (id: string) => `
  INSERT INTO edge_leases (organization_id, order_id, generation, leased_until)
  SELECT organization_id, order_id, generation, now() + interval '1 day' FROM order_ledger WHERE order_id = '${id}'`

const tombstone = (id: string) => [`UPDATE saga_fences SET undone = true WHERE saga_id = '${id}'`]

/** One order each, all CONFIRMED before. */
const sabotages: ReadonlyArray<Sabotage> = [
  {
    what: "an order that no saga will move on",
    database: "checkout",
    statements: ofOrder("order_ledger", "status = 'INVENTORY_RESERVED'"),
    finds: ["6 order_in_limbo"]
  },
  {
    what: "an order whose authorization nobody has begun",
    database: "checkout",
    statements: ofOrder("order_ledger", "status = 'AWAITING_AUTHORIZATION'"),
    finds: ["6 order_in_limbo"]
  },
  {
    what: "an order that has stood still for too long",
    database: "checkout",
    statements: (id) => [
      enqueued(id),
      `UPDATE order_ledger SET status = 'ORDER_CREATED', updated_at = now() - interval '1 hour' WHERE order_id = '${id}'`
    ],
    finds: ["6 order_stuck"]
  },
  {
    what: "a parked order that does not say why",
    database: "checkout",
    statements: (id) => [
      enqueued(id, "'infinity'"),
      `UPDATE order_ledger SET status = 'ORDER_CREATED' WHERE order_id = '${id}'`
    ],
    finds: ["6 parked_without_reason"]
  },
  {
    what: "a completed order in the saga queue",
    database: "checkout",
    statements: (id) => [enqueued(id)],
    finds: ["6 queue_contradicts_ledger"]
  },
  {
    what: "an accepted order that is leased to be undone",
    database: "checkout",
    statements: (id) => [leased(id)],
    finds: ["6 lease_contradicts_ledger"]
  },
  {
    what: "an order that the ledger has lost",
    database: "checkout",
    statements: (id) => [enqueued(id), leased(id), `DELETE FROM order_ledger WHERE order_id = '${id}'`],
    finds: [
      "4 line_without_order",
      "4 attempt_without_order",
      "6 queued_without_order",
      "6 lease_without_order",
      "6 sales_order_without_order",
      "6 reservation_without_order",
      "6 payment_without_order"
    ]
  },
  {
    what: "a completed order whose event was never written",
    database: "checkout",
    statements: (id) => [`DELETE FROM outbox WHERE aggregate_id = '${id}' AND event_type = 'order.completed'`],
    finds: ["6 event_missing"]
  },
  {
    what: "an accepted order whose event was never written",
    database: "checkout",
    statements: (id) => [`DELETE FROM outbox WHERE aggregate_id = '${id}' AND event_type = 'order.authorized'`],
    finds: ["6 event_missing"]
  },
  {
    what: "two orders of one idempotency key",
    database: "checkout",
    statements: (id) => [
      "ALTER TABLE order_ledger DROP CONSTRAINT order_ledger_client_request_key",
      `UPDATE order_ledger SET client_request_id = (SELECT max(client_request_id) FROM order_ledger WHERE order_id <> '${id}')
        WHERE order_id = '${id}'`
    ],
    finds: ["3 key_used_twice"]
  },
  {
    what: "a ledger total that is not its lines, and not what the others were told",
    database: "checkout",
    statements: ofOrder("order_ledger", "total_minor = total_minor + 1"),
    finds: [
      "5 order_total_mismatch",
      "5 sales_order_terms_differ",
      "5 payment_terms_differ",
      "7 captured_amount_mismatch"
    ]
  },
  {
    what: "a failed order that was not undone",
    database: "checkout",
    statements: ofOrder("order_ledger", "status = 'FAILED'"),
    finds: ["6 event_missing", "7 failed_with_capture", "7 failed_with_stock", "7 failed_with_sales_order"]
  },
  {
    what: "a completed order whose sales order is not confirmed",
    database: "orders",
    statements: ofOrder("sales_orders", "status = 'PENDING', confirmed_at = NULL"),
    finds: ["7 completed_without_confirmation"]
  },
  {
    what: "a confirmed order behind the tombstone of its cancellation",
    database: "orders",
    statements: tombstone,
    finds: ["7 order_active_after_cancel"]
  },
  {
    what: "a completed order that holds no stock",
    database: "inventory",
    statements: ofOrder("inventory_reservations", "status = 'RELEASED', released_at = now()"),
    finds: ["7 completed_without_stock"]
  },
  {
    what: "stock that is held behind the tombstone of its release",
    database: "inventory",
    statements: tombstone,
    finds: ["7 stock_held_after_release"]
  },
  {
    what: "a completed order that goes by a payment behind the tombstone of its settlement",
    database: "payments",
    statements: tombstone,
    finds: ["7 settled_going_forward"]
  },
  {
    what: "a completed order whose capture our books have lost",
    database: "payments",
    statements: ofOrder("payments", "status = 'AUTHORIZED', captured_minor = 0, capture_id = NULL"),
    finds: ["2 provider_disagrees", "7 completed_without_capture", "7 authorization_left_open"]
  },
  {
    what: "a payment in another currency",
    database: "payments",
    statements: ofOrder("payments", "currency = 'USD'"),
    finds: ["2 provider_disagrees", "5 payment_terms_differ"]
  },
  {
    what: "a payment that only the provider knows",
    database: "payments",
    statements: (id) => [
      `DELETE FROM payment_operations WHERE order_id = '${id}'`,
      `DELETE FROM payments WHERE order_id = '${id}'`
    ],
    finds: ["3 effect_unrecorded", "7 completed_without_capture"]
  },
  {
    what: "a capture of another amount at the provider",
    database: "mock_provider",
    statements: (id) => [`UPDATE captures SET amount_minor = amount_minor - 1 WHERE order_reference = '${id}'`],
    finds: ["2 provider_disagrees", "7 captured_amount_mismatch"]
  },
  {
    what: "a second capture at the provider",
    database: "mock_provider",
    statements: (id) => [
      `INSERT INTO authorizations (organization_id, authorization_id, idempotency_key, order_reference, amount_minor,
          currency, token_digest, status, expires_at)
        SELECT organization_id, 'auth_second', 'second', order_reference, amount_minor, currency, token_digest, status,
          expires_at FROM authorizations WHERE order_reference = '${id}'`,
      `INSERT INTO captures (organization_id, capture_id, idempotency_key, authorization_id, order_reference, amount_minor)
        SELECT organization_id, 'cap_second', 'second', 'auth_second', order_reference, amount_minor FROM captures
        WHERE order_reference = '${id}'`
    ],
    finds: ["2 captured_more_than_once", "3 effect_unrecorded", "7 captured_amount_mismatch"]
  }
]

/** A message may say how long something has lasted. */
const withoutMessage = ({ message: _, ...finding }: Finding) => finding

const saidOf = (findings: ReadonlyArray<Finding>, orderId: string | undefined) =>
  findings.filter(({ subject }) => subject === orderId).map(({ code, promise }) => `${promise} ${code}`)

layer(layerTestProgram(testTopology(), { breaksPromises: true }), {
  excludeTestServices: true,
  timeout: "180 seconds"
})("verify", (it) => {
  it.effect("is told which order broke which promise, and why, wherever it goes on from", () =>
    Effect.gen(function* () {
      const { client, owner, verify } = yield* TestProgram
      yield* client.product("SOUND", 1_000)
      const orders = yield* Effect.forEach(
        sabotages,
        () =>
          Effect.map(client.order({ product_id: "SOUND", quantity: 1 }, { wait: 10 }), (answer) => orderIn(answer).id),
        { concurrency: 4 }
      )
      assert.deepStrictEqual((yield* verify.ofAll).findings, [])
      for (const [index, { database, statements }] of sabotages.entries()) {
        for (const statement of statements(orders[index] ?? "")) yield* owner(database).unsafe(statement)
      }

      const parts: Array<Progress> = []
      const { findings } = yield* verify.from(undefined, (part) => Effect.sync(() => parts.push(part)))
      for (const [index, { finds, what }] of sabotages.entries()) {
        assert.includeMembers(saidOf(findings, orders[index]), [...finds], what)
      }
      for (const { message } of findings) assert.isNotEmpty(message)
      assert.isAbove(parts.length, 10)
      for (const [index, { next }] of parts.entries()) {
        if (index % 4 !== 0) continue
        const before = parts.slice(0, index + 1).flatMap((part) => part.findings)
        const rest = next === undefined ? [] : (yield* verify.from(next, () => Effect.void)).findings
        assert.deepStrictEqual([...before, ...rest].map(withoutMessage), findings.map(withoutMessage))
      }
    })
  )

  it.effect("is answered over HTTP part by part, for the caller's organization alone", () =>
    Effect.gen(function* () {
      const { client, owner } = yield* TestProgram
      const organization = "01900000-0000-7000-8000-0000000000f1"
      const other = "01900000-0000-7000-8000-0000000000f2"
      const BROKEN = 2_300
      yield* owner("checkout")`
        INSERT INTO order_ledger (organization_id, order_id, principal, client_request_id, request_hash, customer_id,
          currency, total_minor, adjustments, payment_method, saga_version)
        SELECT ${organization}::uuid, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'p', 'broken-' || n,
          '', gen_random_uuid(), 'EUR', 1, '[]', 'card', 1 FROM generate_series(1, ${BROKEN}::int) AS n`

      const decode = Schema.decodeUnknownEffect(Report)
      const ask = (by: string, cursor?: string) =>
        client.call("GET", `/api/v1/verify${cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`}`, {
          headers: organizationHeader(by)
        })
      const subjects: Array<string> = []
      let parts = 0
      let orders = 0
      let cursor: string | undefined
      do {
        const answer = yield* ask(organization, cursor)
        assert.strictEqual(answer.status, 200)
        const report = yield* decode(answer.body)
        assert.strictEqual(report.clean, report.findings.length === 0)
        for (const finding of report.findings) assert.strictEqual(finding.organization_id, organization)
        subjects.push(...report.findings.map(({ code, subject }) => `${code} ${subject}`))
        orders += report.orders
        parts += 1
        cursor = report.next_cursor ?? undefined
      } while (cursor !== undefined)
      assert.isAbove(parts, 2)
      assert.strictEqual(orders, BROKEN)
      assert.lengthOf(subjects, 2 * BROKEN)
      assert.strictEqual(new Set(subjects).size, 2 * BROKEN)

      const sound = yield* decode((yield* ask(other)).body)
      assert.deepInclude(sound, { clean: true, findings: [], next_cursor: null, orders: 0 })
      const forged = (position: unknown) => Buffer.from(JSON.stringify(position)).toString("base64url")
      for (const bad of ["x", forged(["checkout.none", null]), forged(["across", "not-an-id"]), forged([1, 2])]) {
        assert.strictEqual((yield* ask(organization, bad)).status, 400, bad)
      }
    })
  )
})
