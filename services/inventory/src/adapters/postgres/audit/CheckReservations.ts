import type { PgClient } from "@effect/sql-pg"
import { OrderId, ProductId, Uuid } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { Check } from "../../../application/ports/AuditRepository.ts"
import type { InventoryFinding } from "../../../contract/InventoryAudit.ts"
import { rowsOf } from "../Rows.ts"
import { chunksOf } from "./Chunks.ts"

const RESERVATIONS_PER_CHUNK = 10_000

const FaultRow = Schema.Struct({
  order_id: OrderId,
  product_id: ProductId,
  location_id: Uuid,
  is_at_home: Schema.Boolean,
  is_held_after_release: Schema.Boolean
})

/** Promise 4 for reservations: each is of a balance of its own organization. Promise 7: what was released holds nothing. */
export const makeCheckReservations = (sql: PgClient.PgClient): Check => {
  const chunks = chunksOf(sql, "inventory_reservations", "order_id", RESERVATIONS_PER_CHUNK)
  const faults = rowsOf(FaultRow)
  return Effect.fnUntraced(function* (organizationId, after) {
    const { next, within } = yield* chunks(organizationId, after)
    const rows = yield* faults(sql`
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
      ORDER BY order_id, product_id`)
    const findings = rows.flatMap((row): ReadonlyArray<InventoryFinding> => {
      const about = { organizationId, subject: row.order_id }
      const stray: InventoryFinding = {
        ...about,
        promise: 4,
        code: "reference_outside_organization",
        message: `The order's reservation is of product ${row.product_id} at location ${row.location_id}, for which its organization has no balance.`
      }
      const leak: InventoryFinding = {
        ...about,
        promise: 7,
        code: "stock_held_after_release",
        message: `The order was released and still holds stock of product ${row.product_id}.`
      }
      return [...(row.is_at_home ? [] : [stray]), ...(row.is_held_after_release ? [leak] : [])]
    })
    return { findings, next }
  })
}
