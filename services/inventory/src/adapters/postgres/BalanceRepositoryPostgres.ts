import { batch, bigints, firstRowOf, rowsOf, TenantDatabase, uuids } from "@valerix/database"
import { type OrganizationId, ProductId, Uuid, uuidV7 } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { BalanceRepository } from "../../application/ports/BalanceRepository.ts"

const LocationRow = Schema.Struct({ location_id: Uuid })
const OnHandRow = Schema.Struct({ on_hand: Schema.Int })
const WrittenRow = Schema.Struct({ product_id: ProductId, on_hand: Schema.Int })
const TotalsRow = Schema.Struct({ on_hand: Schema.Int, reserved: Schema.Int })
const CountedRow = Schema.Struct({
  product_id: ProductId,
  location_id: Uuid,
  on_hand: Schema.Int,
  reserved: Schema.Int,
  moved: Schema.Int,
  held: Schema.Int,
  is_unbroken: Schema.Boolean
})
const BalanceRow = Schema.Struct({
  product_id: ProductId,
  sku: Schema.String,
  location_id: Uuid,
  on_hand: Schema.Int,
  reserved: Schema.Int,
  updated_at: Schema.Date
})

export const layerBalanceRepositoryPostgres = Layer.effect(
  BalanceRepository,
  Effect.gen(function* () {
    const { sql } = yield* TenantDatabase
    const location = firstRowOf(LocationRow)
    const onHand = firstRowOf(OnHandRow)
    const written = rowsOf(WrittenRow)
    const sums = rowsOf(TotalsRow)
    const balances = rowsOf(BalanceRow)
    const counted = rowsOf(CountedRow)

    const findMain = (organizationId: OrganizationId) =>
      location(sql`SELECT location_id FROM locations WHERE organization_id = ${organizationId} AND code = 'MAIN'`)

    const mainLocation: BalanceRepository["Service"]["mainLocation"] = Effect.fnUntraced(function* (organizationId) {
      const found = yield* findMain(organizationId)
      if (found !== undefined) return found.location_id
      // Whoever comes second waits for the first here, and sees its row in the statement after.
      yield* Effect.orDie(sql`
        INSERT INTO locations (organization_id, location_id, code) VALUES (${organizationId}, ${uuidV7()}, 'MAIN')
        ON CONFLICT (organization_id, code) DO NOTHING`)
      const created = yield* findMain(organizationId)
      return created === undefined ? yield* Effect.die(new Error("location MAIN is missing")) : created.location_id
    })

    const addOnHand: BalanceRepository["Service"]["addOnHand"] = Effect.fnUntraced(function* (change) {
      const row = yield* onHand(sql`
        INSERT INTO inventory_balances (organization_id, product_id, location_id, on_hand)
        VALUES (${change.organizationId}, ${change.productId}, ${change.locationId}, ${change.quantity})
        ON CONFLICT (organization_id, product_id, location_id)
        DO UPDATE SET on_hand = inventory_balances.on_hand + excluded.on_hand, updated_at = now()
        RETURNING on_hand`)
      return row === undefined ? yield* Effect.die(new Error("a balance was not written")) : row.on_hand
    })

    const addAllOnHand: BalanceRepository["Service"]["addAllOnHand"] = Effect.fnUntraced(function* (change) {
      const { locationId, organizationId, products } = change
      const rows = yield* written(sql`
        INSERT INTO inventory_balances (organization_id, product_id, location_id, on_hand)
        SELECT ${organizationId}::uuid, product_id, ${locationId}::uuid, quantity
        FROM ${batch("change", {
          product_id: uuids(products.map(({ productId }) => productId)),
          quantity: bigints(products.map(({ quantity }) => quantity))
        })}
        ORDER BY product_id
        ON CONFLICT (organization_id, product_id, location_id)
        DO UPDATE SET on_hand = inventory_balances.on_hand + excluded.on_hand, updated_at = now()
        RETURNING product_id, on_hand`)
      const byProduct = new Map<string, number>(rows.map((row) => [row.product_id, row.on_hand]))
      return yield* Effect.forEach(products, ({ productId }) => {
        const found = byProduct.get(productId)
        return found === undefined ? Effect.die(new Error("a balance was not written")) : Effect.succeed(found)
      })
    })

    const totals: BalanceRepository["Service"]["totals"] = Effect.fnUntraced(function* (organizationId, productIds) {
      const rows = yield* sums(sql`
        SELECT coalesce(sum(b.on_hand), 0)::bigint AS on_hand, coalesce(sum(b.reserved), 0)::bigint AS reserved
        FROM ${batch("wanted", { product_id: uuids(productIds) })}
        LEFT JOIN inventory_balances b ON b.organization_id = ${organizationId} AND b.product_id = wanted.product_id
        GROUP BY wanted.position ORDER BY wanted.position`)
      return rows.map((row) => ({ onHand: row.on_hand, reserved: row.reserved }))
    })

    const page: BalanceRepository["Service"]["page"] = Effect.fnUntraced(function* (organizationId, filter) {
      const { after, limit, productId } = filter
      const ofProduct = productId === undefined ? sql.literal("true") : sql`b.product_id = ${productId}`
      const beyond =
        after === undefined ? sql.literal("true") : sql`(b.product_id, b.location_id) > (${after[0]}, ${after[1]})`
      const rows = yield* balances(sql`
        SELECT b.product_id, p.sku, b.location_id, b.on_hand, b.reserved, b.updated_at
        FROM inventory_balances b
        JOIN products p ON p.organization_id = b.organization_id AND p.product_id = b.product_id
        WHERE b.organization_id = ${organizationId} AND ${ofProduct} AND ${beyond}
        ORDER BY b.product_id, b.location_id LIMIT ${limit}`)
      return rows.map((row) => ({
        productId: row.product_id,
        sku: row.sku,
        locationId: row.location_id,
        onHand: row.on_hand,
        reserved: row.reserved,
        updatedAt: row.updated_at
      }))
    })

    /** Whoever changes a balance, its movements or its reservations holds this lock, so the second statement sees them whole. */
    const lockAndCount: BalanceRepository["Service"]["lockAndCount"] = Effect.fnUntraced(
      function* (organizationId, productId) {
        yield* Effect.orDie(sql`
          SELECT FROM inventory_balances WHERE organization_id = ${organizationId} AND product_id = ${productId}
          ORDER BY organization_id, product_id, location_id FOR UPDATE`)
        const rows = yield* counted(sql`
          SELECT b.product_id, b.location_id, b.on_hand, b.reserved, moves.moved,
            (SELECT coalesce(sum(held.quantity), 0)::bigint FROM inventory_reservations held
              WHERE held.organization_id = b.organization_id AND held.product_id = b.product_id
                AND held.location_id = b.location_id AND held.status = 'RESERVED') AS held,
            -- What was on hand before each movement is what was on hand after another one, from 0 to the sum.
            NOT EXISTS (
              SELECT FROM (
                SELECT m.on_hand_after AS level, 1 AS times FROM inventory_transactions m
                WHERE m.organization_id = b.organization_id AND m.product_id = b.product_id AND m.location_id = b.location_id
                UNION ALL
                SELECT m.on_hand_after - m.quantity, -1 FROM inventory_transactions m
                WHERE m.organization_id = b.organization_id AND m.product_id = b.product_id AND m.location_id = b.location_id
                UNION ALL SELECT 0, 1
                UNION ALL SELECT moves.moved, -1
              ) AS levels
              GROUP BY level HAVING sum(times) <> 0
            ) AS is_unbroken
          FROM inventory_balances b
          CROSS JOIN LATERAL (
            SELECT coalesce(sum(m.quantity), 0)::bigint AS moved FROM inventory_transactions m
            WHERE m.organization_id = b.organization_id AND m.product_id = b.product_id AND m.location_id = b.location_id
          ) AS moves
          WHERE b.organization_id = ${organizationId} AND b.product_id = ${productId}
          ORDER BY b.location_id`)
        return rows.map((row) => ({
          productId: row.product_id,
          locationId: row.location_id,
          onHand: row.on_hand,
          reserved: row.reserved,
          moved: row.moved,
          held: row.held,
          isUnbroken: row.is_unbroken
        }))
      }
    )

    const correct: BalanceRepository["Service"]["correct"] = (organizationId, corrected) =>
      corrected.length === 0
        ? Effect.void
        : Effect.orDie(
            Effect.asVoid(sql`
              UPDATE inventory_balances b SET on_hand = right_one.on_hand, reserved = right_one.reserved, updated_at = now()
              FROM ${batch("right_one", {
                product_id: uuids(corrected.map((one) => one.productId)),
                location_id: uuids(corrected.map((one) => one.locationId)),
                on_hand: bigints(corrected.map((one) => one.onHand)),
                reserved: bigints(corrected.map((one) => one.reserved))
              })}
              WHERE b.organization_id = ${organizationId} AND b.product_id = right_one.product_id
                AND b.location_id = right_one.location_id`)
          )

    return BalanceRepository.of({ mainLocation, addOnHand, addAllOnHand, totals, page, lockAndCount, correct })
  })
)
