import { type TenantDatabase, tableCheck } from "@valerix/database"
import { OrderId, ProductId, Uuid } from "@valerix/money-and-ids"
import { Schema } from "effect"
import type { InventoryCheck } from "../../../contract/InventoryAudit.ts"

/** Promise 4 for reservations: each is of a balance of its own organization. Promise 7: what was released holds nothing. */
export const checkReservations = (database: TenantDatabase["Service"]): InventoryCheck =>
  tableCheck(database, {
    name: "reservations",
    table: "inventory_reservations",
    id: "order_id",
    rowsMax: 2_000,
    row: Schema.Struct({
      order_id: OrderId,
      product_id: ProductId,
      location_id: Uuid,
      is_at_home: Schema.Boolean,
      is_held_after_release: Schema.Boolean
    }),
    suspects: (within) => database.sql`
      SELECT * FROM (
        SELECT checked.order_id, checked.product_id, checked.location_id,
          EXISTS (SELECT FROM inventory_balances b
            WHERE b.organization_id = checked.organization_id AND b.product_id = checked.product_id
              AND b.location_id = checked.location_id) AS is_at_home,
          checked.status = 'RESERVED' AND EXISTS (SELECT FROM saga_fences f
            WHERE f.organization_id = checked.organization_id AND f.saga_id = checked.order_id AND f.undone
          ) AS is_held_after_release
        FROM inventory_reservations checked
        WHERE ${within}
      ) AS reservation
      WHERE NOT is_at_home OR is_held_after_release
      ORDER BY order_id, product_id`,
    remarks: ({ is_at_home, is_held_after_release, location_id, order_id: subject, product_id }) => {
      const stray = {
        promise: 4,
        code: "reference_outside_organization" as const,
        subject,
        message: `The order's reservation is of product ${product_id} at location ${location_id}, for which its organization has no balance.`
      }
      const leak = {
        promise: 7,
        code: "stock_held_after_release" as const,
        subject,
        message: `The order was released and still holds stock of product ${product_id}.`
      }
      return [...(is_at_home ? [] : [stray]), ...(is_held_after_release ? [leak] : [])]
    }
  })
