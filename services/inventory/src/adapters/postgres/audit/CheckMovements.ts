import type { PgClient } from "@effect/sql-pg"
import { ProductId, Uuid } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { Check } from "../../../application/ports/AuditRepository.ts"
import { rowsOf } from "../Rows.ts"
import { chunksOf } from "./Chunks.ts"

const MOVEMENTS_PER_CHUNK = 10_000

const StrayRow = Schema.Struct({ transaction_id: Uuid, product_id: ProductId, location_id: Uuid })

/** Promise 4 for movements: each is of a balance of its own organization. */
export const makeCheckMovements = (sql: PgClient.PgClient): Check => {
  const chunks = chunksOf(sql, "inventory_transactions", "transaction_id", MOVEMENTS_PER_CHUNK)
  const strays = rowsOf(StrayRow)
  return Effect.fnUntraced(function* (organizationId, after) {
    const { next, within } = yield* chunks(organizationId, after)
    const rows = yield* strays(sql`
      SELECT checked.transaction_id, checked.product_id, checked.location_id
      FROM inventory_transactions checked
      WHERE ${within} AND NOT EXISTS (
        SELECT FROM inventory_balances b
        WHERE b.organization_id = checked.organization_id AND b.product_id = checked.product_id
          AND b.location_id = checked.location_id)
      ORDER BY checked.transaction_id`)
    const findings = rows.map((row) => ({
      organizationId,
      promise: 4,
      code: "reference_outside_organization" as const,
      subject: row.product_id,
      message: `Transaction ${row.transaction_id} is of product ${row.product_id} at location ${row.location_id}, for which its organization has no balance.`
    }))
    return { findings, next }
  })
}
