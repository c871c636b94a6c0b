import type { PgClient } from "@effect/sql-pg"
import { ProductId, Uuid } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { Check } from "../../../application/ports/AuditRepository.ts"
import type { InventoryFinding } from "../../../contract/InventoryAudit.ts"
import { rowsOf } from "../Rows.ts"
import { chunksOf } from "./Chunks.ts"

const ADJUSTMENTS_PER_CHUNK = 10_000

const FaultRow = Schema.Struct({
  transaction_id: Uuid,
  idempotency_key: Schema.String,
  product_id: Schema.NullOr(ProductId),
  has_twin: Schema.Boolean
})

/** Promise 3: a key stands for one movement, and no key stands for two. */
export const makeCheckAdjustments = (sql: PgClient.PgClient): Check => {
  const chunks = chunksOf(sql, "inventory_adjustments", "transaction_id", ADJUSTMENTS_PER_CHUNK)
  const faults = rowsOf(FaultRow)
  return Effect.fnUntraced(function* (organizationId, after) {
    const { next, within } = yield* chunks(organizationId, after)
    const rows = yield* faults(sql`
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
      ORDER BY transaction_id`)
    const findings = rows.map((row): InventoryFinding => {
      const { idempotency_key: key, product_id: productId, transaction_id: transactionId } = row
      const about = { organizationId, promise: 3, subject: productId ?? transactionId }
      return row.has_twin
        ? { ...about, code: "key_used_twice", message: `Key ${key} made transaction ${transactionId} and another.` }
        : {
            ...about,
            code: "key_without_movement",
            message: `Key ${key} made transaction ${transactionId}, which is not there.`
          }
    })
    return { findings, next }
  })
}
