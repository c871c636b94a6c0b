import { type TenantDatabase, tableCheck } from "@valerix/database"
import { ProductId, Uuid } from "@valerix/money-and-ids"
import { Schema } from "effect"
import type { InventoryCheck } from "../../../contract/InventoryAudit.ts"
import { faultsOf } from "../../../domain/CountedBalance.ts"

/** Promise 1, and promise 4 for balances: what there is agrees with how it came about, and is of a product and location that exist. */
export const checkBalances = (database: TenantDatabase["Service"]): InventoryCheck =>
  tableCheck(database, {
    name: "balances",
    table: "inventory_balances",
    id: "product_id",
    // Few, because a product that sells well can have a million reservations to sum up, and has to be read at one moment.
    rowsMax: 20,
    row: Schema.Struct({
      product_id: ProductId,
      location_id: Uuid,
      on_hand: Schema.Int,
      reserved: Schema.Int,
      moved: Schema.Int,
      held: Schema.Int,
      is_at_home: Schema.Boolean
    }),
    suspects: (within) => database.sql`
      SELECT checked.product_id, checked.location_id, checked.on_hand, checked.reserved,
        (SELECT coalesce(sum(moved.quantity), 0)::bigint FROM inventory_transactions moved
          WHERE moved.organization_id = checked.organization_id AND moved.product_id = checked.product_id
            AND moved.location_id = checked.location_id) AS moved,
        (SELECT coalesce(sum(held.quantity), 0)::bigint FROM inventory_reservations held
          WHERE held.organization_id = checked.organization_id AND held.product_id = checked.product_id
            AND held.location_id = checked.location_id AND held.status = 'RESERVED') AS held,
        EXISTS (SELECT FROM products p
          WHERE p.organization_id = checked.organization_id AND p.product_id = checked.product_id)
          AND EXISTS (SELECT FROM locations l
          WHERE l.organization_id = checked.organization_id AND l.location_id = checked.location_id) AS is_at_home
      FROM inventory_balances checked
      WHERE ${within}
      ORDER BY checked.product_id, checked.location_id`,
    remarks: (row) => {
      const { product_id: productId, location_id: locationId, on_hand: onHand, reserved, moved, held } = row
      const faults = faultsOf({ productId, locationId, onHand, reserved, moved, held })
      const stray = {
        promise: 4,
        code: "reference_outside_organization" as const,
        subject: productId,
        message: `A balance names product ${productId} and location ${locationId}, which are not both of its organization.`
      }
      return [
        ...faults.map(({ code, message }) => ({ promise: 1, code, subject: productId, message })),
        ...(row.is_at_home ? [] : [stray])
      ]
    }
  })
