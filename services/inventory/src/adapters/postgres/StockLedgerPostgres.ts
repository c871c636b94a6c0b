import { batch, bigints, firstRowOf, rowsOf, TenantDatabase, texts, uuids } from "@valerix/database"
import { Uuid } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { StockLedger } from "../../application/ports/StockLedger.ts"
import { MovementRow, movementColumns, stockMovement } from "./MovementRow.ts"

const WrittenRow = Schema.Struct({ created_at: Schema.Date })
const FreeRow = Schema.Struct({ transaction_id: Uuid })
const ClaimedRow = Schema.Struct({ claimed: Schema.Boolean })
const EffectRow = Schema.Struct({ ...MovementRow.fields, sku: Schema.String })

export const layerStockLedgerPostgres = Layer.effect(
  StockLedger,
  Effect.gen(function* () {
    const { sql } = yield* TenantDatabase
    const columns = sql.literal(movementColumns)
    const written = firstRowOf(WrittenRow)
    const claimed = firstRowOf(ClaimedRow)
    const free = rowsOf(FreeRow)
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

    const recordAll: StockLedger["Service"]["recordAll"] = (organizationId, recorded) =>
      Effect.orDie(
        Effect.asVoid(sql`
          INSERT INTO inventory_transactions
            (organization_id, transaction_id, product_id, location_id, type, quantity, on_hand_after, reason, reference_id,
             notes, created_by)
          SELECT ${organizationId}::uuid, transaction_id, product_id, location_id, type, quantity, on_hand_after, reason,
            reference_id, notes, created_by
          FROM ${batch("movement", {
            transaction_id: uuids(recorded.map((one) => one.transactionId)),
            product_id: uuids(recorded.map((one) => one.productId)),
            location_id: uuids(recorded.map((one) => one.locationId)),
            type: texts(recorded.map((one) => one.type)),
            quantity: bigints(recorded.map((one) => one.quantity)),
            on_hand_after: bigints(recorded.map((one) => one.onHandAfter)),
            reason: texts(recorded.map((one) => one.reason)),
            reference_id: texts(recorded.map((one) => one.referenceId ?? null)),
            notes: texts(recorded.map((one) => one.notes ?? null)),
            created_by: texts(recorded.map((one) => one.createdBy))
          })}`)
      )

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

    const claimKeys: StockLedger["Service"]["claimKeys"] = Effect.fnUntraced(function* (owner, keys) {
      const rows = yield* free(sql`
        INSERT INTO inventory_adjustments (organization_id, principal, idempotency_key, transaction_id)
        SELECT ${owner.organizationId}::uuid, ${owner.principal}::text, idempotency_key, transaction_id
        FROM ${batch("claim", {
          idempotency_key: texts(keys.map((key) => key.idempotencyKey)),
          transaction_id: uuids(keys.map((key) => key.transactionId))
        })}
        ORDER BY idempotency_key COLLATE "C"
        ON CONFLICT (organization_id, principal, idempotency_key) DO NOTHING
        RETURNING transaction_id`)
      const claims = new Set<string>(rows.map((row) => row.transaction_id))
      return keys.map(({ transactionId }) => claims.has(transactionId))
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

    return StockLedger.of({ record, recordAll, page, claimKey, claimKeys, effectOfKey })
  })
)
