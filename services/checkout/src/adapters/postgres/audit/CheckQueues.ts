import { type TenantDatabase, tableCheck } from "@valerix/database"
import type { Check } from "@valerix/tenancy"
import { Schema } from "effect"
import type { LedgerFindingCode } from "../../../domain/LedgerFindings.ts"

/**
 * Promise 6: the saga queue holds orders that are under way, and a parked one says why. Queue and ledger change in one
 * transaction, so this holds at every moment.
 */
export const checkQueue = (database: TenantDatabase["Service"]): Check<LedgerFindingCode> =>
  tableCheck(database, {
    name: "queue",
    table: "saga_queue",
    id: "order_id",
    rowsMax: 1_000,
    row: Schema.Struct({
      order_id: Schema.String,
      status: Schema.NullOr(Schema.String),
      is_under_way: Schema.Boolean,
      is_silent: Schema.Boolean
    }),
    suspects: (within) => database.sql`
      SELECT * FROM (
        SELECT checked.order_id::text AS order_id, ledger.status,
          coalesce(ledger.status IN ('AUTHORIZED', 'ORDER_CREATED', 'INVENTORY_RESERVED', 'PAYMENT_CAPTURED', 'COMPENSATING'),
            false) AS is_under_way,
          checked.visible_at = 'infinity' AND ledger.park_reason IS NULL AS is_silent
        FROM saga_queue AS checked
        LEFT JOIN order_ledger AS ledger
          ON ledger.organization_id = checked.organization_id AND ledger.order_id = checked.order_id
        WHERE ${within}
      ) AS suspect
      WHERE NOT is_under_way OR is_silent
      ORDER BY order_id`,
    remarks: ({ is_under_way, order_id: subject, status }) => {
      if (status === null) {
        const message = "The saga queue holds it, and the ledger does not have it."
        return [{ promise: 6, code: "queued_without_order", subject, message }]
      }
      return is_under_way
        ? [
            {
              promise: 6,
              code: "parked_without_reason",
              subject,
              message: `It is parked at ${status} without a reason.`
            }
          ]
        : [{ promise: 6, code: "queue_contradicts_ledger", subject, message: `It is ${status} and in the saga queue.` }]
    }
  })

/**
 * Promise 6: a lease is of an authorization that the ledger knows, and that has not been concluded: whoever was answered
 * for it must not lose it to the sweep.
 */
export const checkLeases = (database: TenantDatabase["Service"]): Check<LedgerFindingCode> =>
  tableCheck(database, {
    name: "leases",
    table: "edge_leases",
    id: "order_id",
    rowsMax: 1_000,
    row: Schema.Struct({
      order_id: Schema.String,
      generation: Schema.Int,
      status: Schema.NullOr(Schema.String),
      present: Schema.NullOr(Schema.Int)
    }),
    suspects: (within) => database.sql`
      SELECT checked.order_id::text AS order_id, checked.generation, ledger.status, ledger.generation AS present
      FROM edge_leases AS checked
      LEFT JOIN order_ledger AS ledger
        ON ledger.organization_id = checked.organization_id AND ledger.order_id = checked.order_id
      WHERE ${within} AND (ledger.status IS NULL OR checked.generation > ledger.generation
        OR (checked.generation = ledger.generation
          AND ledger.status NOT IN ('AWAITING_AUTHORIZATION', 'AUTHORIZATION_FAILED')))
      ORDER BY order_id, checked.generation`,
    remarks: ({ generation, order_id: subject, present, status }) => {
      if (status === null) {
        const message = `Generation ${generation} is leased, and the ledger does not have the order.`
        return [{ promise: 6, code: "lease_without_order", subject, message }]
      }
      const message = `Generation ${generation} is leased, and the order is ${status} in generation ${present}.`
      return [{ promise: 6, code: "lease_contradicts_ledger", subject, message }]
    }
  })
