import { type TenantDatabase, tableCheck } from "@valerix/database"
import { ProductId, Uuid } from "@valerix/money-and-ids"
import { Schema } from "effect"
import type { InventoryCheck } from "../../../contract/InventoryAudit.ts"

/** Promise 4 for movements: each is of a balance of its own organization. */
export const checkMovements = (database: TenantDatabase["Service"]): InventoryCheck =>
  tableCheck(database, {
    name: "movements",
    table: "inventory_transactions",
    id: "transaction_id",
    hasOtherSubjects: true,
    rowsMax: 2_000,
    row: Schema.Struct({ transaction_id: Uuid, product_id: ProductId, location_id: Uuid }),
    suspects: (within) => database.sql`
      SELECT checked.transaction_id, checked.product_id, checked.location_id
      FROM inventory_transactions checked
      WHERE ${within} AND NOT EXISTS (
        SELECT FROM inventory_balances b
        WHERE b.organization_id = checked.organization_id AND b.product_id = checked.product_id
          AND b.location_id = checked.location_id)
      ORDER BY checked.transaction_id`,
    remarks: (row) => [
      {
        promise: 4,
        code: "reference_outside_organization",
        subject: row.product_id,
        message: `Transaction ${row.transaction_id} is of product ${row.product_id} at location ${row.location_id}, for which its organization has no balance.`
      }
    ]
  })
