import { type TenantDatabase, tableCheck } from "@valerix/database"
import { Schema } from "effect"
import type { PaymentsCheck } from "../../../contract/PaymentsAudit.ts"

/** Promise 4: each operation is of a payment of its organization. */
export const checkOperations = (database: TenantDatabase["Service"]): PaymentsCheck =>
  tableCheck(database, {
    name: "operations",
    table: "payment_operations",
    id: "order_id",
    rowsMax: 2_000,
    row: Schema.Struct({ order_id: Schema.String }),
    suspects: (within) => database.sql`
      SELECT DISTINCT checked.order_id::text AS order_id FROM payment_operations AS checked
      WHERE ${within} AND NOT EXISTS (
        SELECT FROM payments WHERE payments.organization_id = checked.organization_id
          AND payments.order_id = checked.order_id AND payments.generation = checked.generation)
      ORDER BY order_id`,
    remarks: ({ order_id: subject }) => [
      { promise: 4, code: "operation_without_payment", subject, message: "An operation has no payment." }
    ]
  })
