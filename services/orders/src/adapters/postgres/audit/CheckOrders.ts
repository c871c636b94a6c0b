import { type Remark, type TenantDatabase, tableCheck } from "@valerix/database"
import { Schema } from "effect"
import type { OrdersCheck, OrdersFindingCode } from "../../../contract/OrdersAudit.ts"

/** Amounts are text, because broken ones need not fit into anything. */
const SuspectRow = Schema.Struct({
  order_id: Schema.String,
  status: Schema.String,
  currency: Schema.String,
  is_currency_code: Schema.Boolean,
  total_minor: Schema.String,
  lines_minor: Schema.String,
  /** None when an adjustment is no amount. */
  adjustments_minor: Schema.NullOr(Schema.String),
  is_sound: Schema.Boolean,
  is_duplicated: Schema.Boolean,
  is_active_after_cancel: Schema.Boolean
})

/**
 * Promise 3: one sales order per id. Promise 5: its total. Promise 7: what was cancelled is not active. Few at a time,
 * because an order can have 2,000 lines to sum up.
 */
export const checkOrders = (database: TenantDatabase["Service"]): OrdersCheck =>
  tableCheck(database, {
    name: "orders",
    table: "sales_orders",
    id: "order_id",
    rowsMax: 500,
    row: SuspectRow,
    suspects: (within) => database.sql`
      SELECT * FROM (
        SELECT checked.order_id::text AS order_id, checked.status, checked.currency,
          checked.currency ~ '^[A-Z]{3}$' AS is_currency_code, checked.total_minor::text AS total_minor,
          coalesce(lines.minor, 0)::text AS lines_minor, adjusted.minor::text AS adjustments_minor,
          coalesce(lines.minor IS NOT NULL AND checked.currency ~ '^[A-Z]{3}$' AND checked.total_minor >= 0
            AND checked.total_minor = lines.minor + adjusted.minor, false) AS is_sound,
          count(*) OVER (PARTITION BY checked.order_id) > 1 AS is_duplicated,
          checked.status <> 'CANCELLED' AND EXISTS (SELECT FROM saga_fences
            WHERE saga_fences.organization_id = checked.organization_id AND saga_fences.saga_id = checked.order_id
              AND saga_fences.undone) AS is_active_after_cancel
        FROM sales_orders AS checked
        CROSS JOIN LATERAL (
          SELECT sum(line_total_minor) AS minor FROM sales_order_lines
          WHERE organization_id = checked.organization_id AND order_id = checked.order_id
        ) AS lines
        CROSS JOIN LATERAL (
          SELECT CASE WHEN count(*) = count(amount) THEN coalesce(sum(amount), 0) END AS minor
          FROM (
            SELECT CASE WHEN adjustment ->> 'amount_minor' ~ '^-?[0-9]+$'
              THEN (adjustment ->> 'amount_minor')::numeric END AS amount
            FROM jsonb_array_elements(
              CASE WHEN jsonb_typeof(checked.adjustments) = 'array' THEN checked.adjustments ELSE '[null]' END) AS adjustment
          ) AS amounts
        ) AS adjusted
        WHERE ${within}
      ) AS suspect
      WHERE NOT is_sound OR is_duplicated OR is_active_after_cancel
      ORDER BY order_id`,
    remarks: (row) => {
      const { order_id: subject, status } = row
      const twin: Remark<OrdersFindingCode> = {
        promise: 3,
        code: "order_duplicated",
        subject,
        message: "More than one sales order has this id."
      }
      const leak: Remark<OrdersFindingCode> = {
        promise: 7,
        code: "order_active_after_cancel",
        subject,
        message: `The order was cancelled and is ${status}.`
      }
      return [
        ...(row.is_duplicated ? [twin] : []),
        ...(row.is_active_after_cancel ? [leak] : []),
        ...(row.is_sound ? [] : [unsound(row)])
      ]
    }
  })

const unsound = (row: typeof SuspectRow.Type): Remark<OrdersFindingCode> => {
  const { adjustments_minor, currency, lines_minor, order_id: subject, total_minor } = row
  if (adjustments_minor === null) {
    const message = "An adjustment has no amount."
    return { promise: 5, code: "order_adjustments_unreadable", subject, message }
  }
  if (!row.is_currency_code) {
    return {
      promise: 5,
      code: "order_currency_invalid",
      subject,
      message: `The currency is ${JSON.stringify(currency)}.`
    }
  }
  const message = `The total is ${total_minor}, the lines are ${lines_minor} and the adjustments ${adjustments_minor} minor units of ${currency}.`
  return { promise: 5, code: "order_total_mismatch", subject, message }
}
