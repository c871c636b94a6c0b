import { Effect } from "effect"
import type { TestProgram } from "./TestProgram.ts"

/** Breaks promises as the owner of a database, and says what verify has to find. */
export interface Sabotage {
  readonly what: string
  readonly database: "checkout" | "orders" | "inventory" | "payments" | "mock_provider"
  readonly statements: (orderId: string) => ReadonlyArray<string>
  /** What is broken beside it in other databases. */
  readonly also?: ReadonlyArray<Pick<Sabotage, "database" | "statements">>
  /** `<promise> <code>`. */
  readonly finds: ReadonlyArray<string>
  /** What only a person can mend; all of it where nothing is given. */
  readonly leaves?: ReadonlyArray<string>
  /** What the order comes to, where a repair sets it going again. */
  readonly ends?: "COMPLETED" | "FAILED"
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

const captureForgotten = ofOrder("payments", "status = 'AUTHORIZED', captured_minor = 0, capture_id = NULL")

/** One order each, all CONFIRMED before. */
export const sabotages: ReadonlyArray<Sabotage> = [
  {
    what: "an order that no saga will move on",
    database: "checkout",
    statements: ofOrder("order_ledger", "status = 'INVENTORY_RESERVED'"),
    finds: ["6 order_in_limbo"],
    leaves: [],
    ends: "COMPLETED"
  },
  {
    what: "an order whose authorization nobody has begun",
    database: "checkout",
    statements: ofOrder("order_ledger", "status = 'AWAITING_AUTHORIZATION'"),
    finds: ["6 order_in_limbo"],
    leaves: []
  },
  {
    what: "an order that has stood still for too long",
    database: "checkout",
    statements: (id) => [
      enqueued(id),
      `UPDATE order_ledger SET status = 'ORDER_CREATED', updated_at = now() - interval '1 hour' WHERE order_id = '${id}'`
    ],
    finds: ["6 order_stuck"],
    leaves: [],
    ends: "COMPLETED"
  },
  {
    what: "a parked order that does not say why",
    database: "checkout",
    statements: (id) => [
      enqueued(id, "'infinity'"),
      `UPDATE order_ledger SET status = 'ORDER_CREATED' WHERE order_id = '${id}'`
    ],
    finds: ["6 parked_without_reason"],
    leaves: []
  },
  {
    what: "a completed order in the saga queue",
    database: "checkout",
    statements: (id) => [enqueued(id)],
    finds: ["6 queue_contradicts_ledger"],
    leaves: []
  },
  {
    what: "an accepted order that is leased to be undone",
    database: "checkout",
    statements: (id) => [leased(id)],
    finds: ["6 lease_contradicts_ledger"],
    leaves: []
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
    ],
    leaves: ["4 line_without_order", "4 attempt_without_order"]
  },
  {
    what: "a completed order whose event was never written",
    database: "checkout",
    statements: (id) => [`DELETE FROM outbox WHERE aggregate_id = '${id}' AND event_type = 'order.completed'`],
    finds: ["6 event_missing"],
    leaves: []
  },
  {
    what: "an accepted order whose event was never written",
    database: "checkout",
    statements: (id) => [`DELETE FROM outbox WHERE aggregate_id = '${id}' AND event_type = 'order.authorized'`],
    finds: ["6 event_missing"],
    leaves: []
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
    finds: ["6 event_missing", "7 failed_with_capture", "7 failed_with_stock", "7 failed_with_sales_order"],
    leaves: []
  },
  {
    what: "a completed order whose sales order is not confirmed",
    database: "orders",
    statements: ofOrder("sales_orders", "status = 'PENDING', confirmed_at = NULL"),
    finds: ["7 completed_without_confirmation"],
    leaves: []
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
    statements: captureForgotten,
    finds: ["2 provider_disagrees", "7 completed_without_capture", "7 authorization_left_open"],
    leaves: []
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
  },
  {
    what: "a capture whose answer never came",
    database: "payments",
    statements: (id) => [
      ...captureForgotten(id),
      `UPDATE payment_operations SET state = 'UNKNOWN', reference = NULL, answered_at = NULL,
        attempted_at = now() - interval '1 hour' WHERE order_id = '${id}' AND kind = 'CAPTURE'`
    ],
    finds: ["2 operation_unresolved", "7 completed_without_capture", "7 authorization_left_open"],
    leaves: []
  },
  {
    what: "a failed order whose authorization was never voided",
    database: "checkout",
    statements: ofOrder("order_ledger", "status = 'FAILED'"),
    also: [
      {
        database: "payments",
        statements: (id) => [
          ...captureForgotten(id),
          `DELETE FROM payment_operations WHERE order_id = '${id}' AND kind = 'CAPTURE'`
        ]
      },
      {
        database: "mock_provider",
        statements: (id) => [
          `DELETE FROM captures WHERE order_reference = '${id}'`,
          `UPDATE authorizations SET status = 'AUTHORIZED' WHERE order_reference = '${id}'`
        ]
      }
    ],
    finds: ["6 event_missing", "7 failed_with_stock", "7 failed_with_sales_order", "7 authorization_left_open"],
    leaves: []
  },
  {
    what: "an order under way whose payment was undone",
    database: "checkout",
    statements: (id) => [enqueued(id), `UPDATE order_ledger SET status = 'ORDER_CREATED' WHERE order_id = '${id}'`],
    also: [{ database: "payments", statements: tombstone }],
    finds: ["7 settled_going_forward"],
    leaves: [],
    ends: "FAILED"
  }
]

/** Breaks one promise or more of each of these orders. */
export const breakPromises = (owner: TestProgram["Service"]["owner"], orders: ReadonlyArray<string>) =>
  Effect.forEach(
    sabotages,
    ({ also = [], database, statements }, index) =>
      Effect.forEach([{ database, statements }, ...also], (one) =>
        Effect.forEach(one.statements(orders[index] ?? ""), (statement) => owner(one.database).unsafe(statement))
      ),
    { discard: true }
  )
