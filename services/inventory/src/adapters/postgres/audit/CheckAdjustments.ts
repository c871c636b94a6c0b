import { type TenantDatabase, tableCheck } from "@valerix/database"
import { ProductId, Uuid } from "@valerix/money-and-ids"
import { Schema } from "effect"
import type { InventoryCheck } from "../../../contract/InventoryAudit.ts"

/** Promise 3: a key stands for one movement, and no key stands for two. */
export const checkAdjustments = (database: TenantDatabase["Service"]): InventoryCheck =>
  tableCheck(database, {
    name: "adjustments",
    table: "inventory_adjustments",
    id: "transaction_id",
    hasOtherSubjects: true,
    rowsMax: 1_000,
    row: Schema.Struct({
      transaction_id: Uuid,
      idempotency_key: Schema.String,
      product_id: Schema.NullOr(ProductId),
      has_twin: Schema.Boolean
    }),
    suspects: (within) => database.sql`
      SELECT * FROM (
        SELECT checked.transaction_id, checked.idempotency_key, m.product_id, EXISTS (
          SELECT FROM inventory_adjustments twin
          WHERE twin.organization_id = checked.organization_id AND twin.principal = checked.principal
            AND twin.idempotency_key = checked.idempotency_key AND twin.transaction_id <> checked.transaction_id
        ) AS has_twin
        FROM inventory_adjustments checked
        LEFT JOIN inventory_transactions m
          ON m.organization_id = checked.organization_id AND m.transaction_id = checked.transaction_id
        WHERE ${within}
      ) AS adjustment
      WHERE has_twin OR product_id IS NULL
      ORDER BY transaction_id`,
    remarks: ({ has_twin, idempotency_key: key, product_id, transaction_id: made }) => {
      const subject = product_id ?? made
      return has_twin
        ? [{ promise: 3, code: "key_used_twice", subject, message: `Key ${key} made transaction ${made} and another.` }]
        : [
            {
              promise: 3,
              code: "key_without_movement",
              subject,
              message: `Key ${key} made transaction ${made}, which is not there.`
            }
          ]
    }
  })
