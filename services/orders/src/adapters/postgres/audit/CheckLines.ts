import { type TenantDatabase, tableCheck } from "@valerix/database"
import { Schema } from "effect"
import type { OrdersCheck } from "../../../contract/OrdersAudit.ts"

/** Promise 4: each line is of an order of its organization. Promise 5: its total. */
export const checkLines = (database: TenantDatabase["Service"]): OrdersCheck =>
  tableCheck(database, {
    name: "lines",
    table: "sales_order_lines",
    id: "order_id",
    rowsMax: 2_000,
    row: Schema.Struct({
      order_id: Schema.String,
      line_number: Schema.Int,
      has_order: Schema.Boolean,
      line_total_minor: Schema.String,
      expected_minor: Schema.String
    }),
    suspects: (within) => database.sql`
      SELECT checked.order_id::text AS order_id, checked.line_number, parent.has_order,
        checked.line_total_minor::text AS line_total_minor,
        (checked.quantity::numeric * checked.unit_price_minor)::text AS expected_minor
      FROM sales_order_lines AS checked
      CROSS JOIN LATERAL (
        SELECT EXISTS (
          SELECT FROM sales_orders
          WHERE organization_id = checked.organization_id AND order_id = checked.order_id
        ) AS has_order
      ) AS parent
      WHERE ${within}
        AND (NOT parent.has_order OR checked.line_total_minor <> checked.quantity::numeric * checked.unit_price_minor)
      ORDER BY checked.order_id, checked.line_number`,
    remarks: ({ expected_minor, has_order, line_number, line_total_minor, order_id: subject }) =>
      has_order
        ? [
            {
              promise: 5,
              code: "line_total_mismatch",
              subject,
              message: `The total of line ${line_number} is ${line_total_minor}, quantity × unit price is ${expected_minor}.`
            }
          ]
        : [
            {
              promise: 4,
              code: "line_without_order",
              subject,
              message: `Line ${line_number} belongs to no order of the organization.`
            }
          ]
  })
