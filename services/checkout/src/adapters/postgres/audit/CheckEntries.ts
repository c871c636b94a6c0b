import { type Remark, type TenantDatabase, tableCheck } from "@valerix/database"
import type { Check } from "@valerix/tenancy"
import { Schema } from "effect"
import type { LedgerFindingCode } from "../../../domain/LedgerFindings.ts"

const SuspectRow = Schema.Struct({
  order_id: Schema.String,
  status: Schema.String,
  total_minor: Schema.String,
  expected_minor: Schema.String,
  client_request_id: Schema.String,
  is_twin: Schema.Boolean,
  missing_event: Schema.NullOr(Schema.String)
})

/**
 * Promises 3, 5 and 6 for entries of the ledger: one per idempotency key, with the total of its items and adjustments,
 * and with the events of what it came to. Few at a time, because an order can have 2,000 lines to sum up.
 */
export const checkEntries = (database: TenantDatabase["Service"]): Check<LedgerFindingCode> =>
  tableCheck(database, {
    name: "entries",
    table: "order_ledger",
    id: "order_id",
    rowsMax: 500,
    row: SuspectRow,
    // LATERAL … OFFSET 0 makes one look-up by index of each order, whatever the planner thinks of the outbox.
    suspects: (within) => database.sql`
      SELECT * FROM (
        SELECT checked.order_id::text AS order_id, checked.status, checked.total_minor::text AS total_minor,
          (items.minor + adjustments.minor)::text AS expected_minor, checked.client_request_id,
          EXISTS (SELECT FROM order_ledger AS twin
            WHERE twin.organization_id = checked.organization_id AND twin.principal = checked.principal
              AND twin.client_request_id = checked.client_request_id AND twin.order_id <> checked.order_id) AS is_twin,
          CASE
            WHEN checked.status IN ('AWAITING_AUTHORIZATION', 'AUTHORIZATION_FAILED') THEN NULL
            WHEN 'order.authorized' <> ALL (told.types) THEN 'order.authorized'
            WHEN checked.status = 'COMPLETED' AND 'order.completed' <> ALL (told.types) THEN 'order.completed'
            WHEN checked.status = 'FAILED' AND 'order.failed' <> ALL (told.types) THEN 'order.failed'
          END AS missing_event
        FROM order_ledger AS checked
        CROSS JOIN LATERAL (SELECT coalesce(sum(quantity * unit_price_minor), 0) AS minor FROM order_ledger_items AS item
          WHERE item.organization_id = checked.organization_id AND item.order_id = checked.order_id) AS items
        CROSS JOIN LATERAL (SELECT coalesce(sum((one ->> 'amount_minor')::bigint), 0) AS minor
          FROM jsonb_array_elements(checked.adjustments) AS one) AS adjustments
        CROSS JOIN LATERAL (SELECT coalesce(array_agg(event_type), '{}') AS types FROM (
          SELECT event_type FROM outbox
          WHERE outbox.aggregate_id = checked.order_id AND outbox.organization_id = checked.organization_id
          OFFSET 0) AS event) AS told
        WHERE ${within}
      ) AS suspect
      WHERE total_minor <> expected_minor OR is_twin OR missing_event IS NOT NULL
      ORDER BY order_id`,
    remarks: (row) => {
      const { client_request_id, expected_minor, missing_event, order_id: subject, status, total_minor } = row
      const remarks: Array<Remark<LedgerFindingCode>> = []
      if (total_minor !== expected_minor) {
        const message = `The total is ${total_minor}, the items and adjustments come to ${expected_minor}.`
        remarks.push({ promise: 5, code: "order_total_mismatch", subject, message })
      }
      if (row.is_twin) {
        const message = `Another order has the same idempotency key, ${client_request_id}.`
        remarks.push({ promise: 3, code: "key_used_twice", subject, message })
      }
      if (missing_event !== null) {
        const message = `The order is ${status}, and ${missing_event} was never written.`
        remarks.push({ promise: 6, code: "event_missing", subject, message })
      }
      return remarks
    }
  })
