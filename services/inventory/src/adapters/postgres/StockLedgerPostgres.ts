import { firstRowOf, rowsOf, TenantDatabase } from "@valerix/database"
import { Effect, Layer, Schema } from "effect"
import { StockLedger } from "../../application/ports/StockLedger.ts"
import { MovementRow, movementColumns, stockMovement } from "./MovementRow.ts"

const WrittenRow = Schema.Struct({ created_at: Schema.Date })
const ClaimedRow = Schema.Struct({ claimed: Schema.Boolean })
const EffectRow = Schema.Struct({ ...MovementRow.fields, sku: Schema.String })

export const layerStockLedgerPostgres = Layer.effect(
  StockLedger,
  Effect.gen(function* () {
    const { sql } = yield* TenantDatabase
    const columns = sql.literal(movementColumns)
    const written = firstRowOf(WrittenRow)
    const claimed = firstRowOf(ClaimedRow)
    const effects = firstRowOf(EffectRow)
    const movements = rowsOf(MovementRow)

    const record: StockLedger["Service"]["record"] = Effect.fnUntraced(function* (movement) {
      const row = yield* written(sql`
        INSERT INTO inventory_transactions
          (organization_id, transaction_id, product_id, location_id, type, quantity, on_hand_after, reason, reference_id,
           notes, created_by)
        VALUES (${movement.organizationId}, ${movement.transactionId}, ${movement.productId}, ${movement.locationId},
          ${movement.type}, ${movement.quantity}, ${movement.onHandAfter}, ${movement.reason},
          ${movement.referenceId ?? null}, ${movement.notes ?? null}, ${movement.createdBy})
        RETURNING created_at`)
      return row === undefined ? yield* Effect.die(new Error("a movement was not written")) : row.created_at
    })

    const page: StockLedger["Service"]["page"] = Effect.fnUntraced(function* (organizationId, filter) {
      const { after, limit, productId, type } = filter
      const ofProduct = productId === undefined ? sql.literal("true") : sql`m.product_id = ${productId}`
      const ofType = type === undefined ? sql.literal("true") : sql`m.type = ${type}`
      const older = after === undefined ? sql.literal("true") : sql`m.transaction_id < ${after}`
      const rows = yield* movements(sql`
        SELECT ${columns} FROM inventory_transactions m
        WHERE m.organization_id = ${organizationId} AND ${ofProduct} AND ${ofType} AND ${older}
        ORDER BY m.transaction_id DESC LIMIT ${limit}`)
      return rows.map(stockMovement)
    })

    const claimKey: StockLedger["Service"]["claimKey"] = Effect.fnUntraced(function* (key, transactionId) {
      const row = yield* claimed(sql`
        INSERT INTO inventory_adjustments (organization_id, principal, idempotency_key, transaction_id)
        VALUES (${key.organizationId}, ${key.principal}, ${key.idempotencyKey}, ${transactionId})
        ON CONFLICT (organization_id, principal, idempotency_key) DO NOTHING
        RETURNING true AS claimed`)
      return row !== undefined
    })

    const effectOfKey: StockLedger["Service"]["effectOfKey"] = Effect.fnUntraced(function* (key) {
      const row = yield* effects(sql`
        SELECT ${columns}, p.sku
        FROM inventory_adjustments a
        JOIN inventory_transactions m ON m.organization_id = a.organization_id AND m.transaction_id = a.transaction_id
        JOIN products p ON p.organization_id = m.organization_id AND p.product_id = m.product_id
        WHERE a.organization_id = ${key.organizationId} AND a.principal = ${key.principal}
          AND a.idempotency_key = ${key.idempotencyKey}`)
      return row === undefined ? undefined : { sku: row.sku, movement: stockMovement(row) }
    })

    return StockLedger.of({ record, page, claimKey, effectOfKey })
  })
)
