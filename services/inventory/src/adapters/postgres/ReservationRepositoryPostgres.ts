import { firstRowOf, rowsOf, TenantDatabase } from "@valerix/database"
import { Effect, Layer, Schema } from "effect"
import { ReservationRepository } from "../../application/ports/ReservationRepository.ts"
import {
  balancesAsTable,
  DecisionRow,
  ordersAsTable,
  ProductKeyRow,
  productsAsTable,
  ReservationRow,
  refusalsAsTable,
  reservation,
  StockRow,
  takesAsTable
} from "./ReservationRows.ts"

const WrittenRow = Schema.Struct({ written: Schema.Int })

export const layerReservationRepositoryPostgres = Layer.effect(
  ReservationRepository,
  Effect.gen(function* () {
    const { sql } = yield* TenantDatabase
    const decisions = rowsOf(DecisionRow)
    const locked = rowsOf(ProductKeyRow)
    const stock = rowsOf(StockRow)
    const reservations = rowsOf(ReservationRow)
    const written = firstRowOf(WrittenRow)

    // Here and in ofOrders, LATERAL with LIMIT or OFFSET makes one look-up by key of each order, also while the planner knows so little
    // of a table that has just begun to grow that it would rather read it whole. For the same reason no statement that looks
    // for orders names the status: the index of active reservations, which does not know orders, must not seem to fit.
    const earlierDecisions: ReservationRepository["Service"]["earlierDecisions"] = Effect.fnUntraced(
      function* (orders) {
        if (orders.length === 0) return []
        const rows = yield* decisions(sql`
          SELECT wanted.organization_id, wanted.order_id, earlier.refusal
          FROM ${ordersAsTable(orders)}
          CROSS JOIN LATERAL (
            SELECT refused.refusal FROM inventory_refusals refused
            WHERE refused.organization_id = wanted.organization_id AND refused.order_id = wanted.order_id
            UNION ALL
            SELECT NULL FROM inventory_reservations held
            WHERE held.organization_id = wanted.organization_id AND held.order_id = wanted.order_id
            LIMIT 1
          ) AS earlier`)
        return rows.map((row) => ({
          organizationId: row.organization_id,
          orderId: row.order_id,
          refusal: row.refusal ?? undefined
        }))
      }
    )

    const lockStock: ReservationRepository["Service"]["lockStock"] = Effect.fnUntraced(function* (products) {
      if (products.length === 0) return []
      const rows = yield* locked(sql`
        SELECT b.organization_id, b.product_id FROM ${productsAsTable(products)}
        JOIN locations main ON main.organization_id = wanted.organization_id AND main.code = 'MAIN'
        JOIN inventory_balances b ON b.organization_id = wanted.organization_id
          AND b.product_id = wanted.product_id AND b.location_id = main.location_id
        ORDER BY b.organization_id, b.product_id, b.location_id
        FOR UPDATE OF b`)
      return rows.map((row) => ({ organizationId: row.organization_id, productId: row.product_id }))
    })

    const availableStock: ReservationRepository["Service"]["availableStock"] = Effect.fnUntraced(
      function* (products, locked) {
        if (products.length === 0) return []
        const rows = yield* stock(sql`
          SELECT p.organization_id, p.product_id, p.sku, main.location_id, coalesce(b.on_hand - b.reserved, 0) AS available
          FROM ${productsAsTable(products, locked)}
          JOIN products p ON p.organization_id = wanted.organization_id AND p.product_id = wanted.product_id
          JOIN locations main ON main.organization_id = wanted.organization_id AND main.code = 'MAIN'
          LEFT JOIN inventory_balances b ON wanted.is_locked AND b.organization_id = wanted.organization_id
            AND b.product_id = wanted.product_id AND b.location_id = main.location_id`)
        return rows.map((row) => ({
          organizationId: row.organization_id,
          productId: row.product_id,
          sku: row.sku,
          locationId: row.location_id,
          available: row.available
        }))
      }
    )

    /**
     * One statement, so that a reservation can only be written for a balance of its own organization that gave the stock:
     * the guarantee that a foreign key would give, without its look-up per row.
     */
    const hold: ReservationRepository["Service"]["hold"] = Effect.fnUntraced(function* (takes) {
      if (takes.length === 0) return
      const row = yield* written(sql`
        WITH take AS (SELECT * FROM ${takesAsTable(takes)}),
        given AS (
          UPDATE inventory_balances b SET reserved = b.reserved + sold.quantity, updated_at = now()
          FROM (
            SELECT organization_id, product_id, location_id, sum(quantity)::bigint AS quantity
            FROM take GROUP BY organization_id, product_id, location_id
          ) AS sold
          WHERE b.organization_id = sold.organization_id AND b.product_id = sold.product_id
            AND b.location_id = sold.location_id
          RETURNING b.organization_id, b.product_id, b.location_id
        ),
        held AS (
          INSERT INTO inventory_reservations
            (organization_id, order_id, product_id, location_id, reservation_id, quantity)
          SELECT take.organization_id, take.order_id, take.product_id, take.location_id, take.reservation_id, take.quantity
          FROM take JOIN given USING (organization_id, product_id, location_id)
          ORDER BY take.position
          RETURNING 1
        )
        SELECT count(*) AS written FROM held`)
      if (row?.written !== takes.length) {
        yield* Effect.die(new Error(`${row?.written ?? 0} of ${takes.length} reservations found their balance`))
      }
    })

    const refuse: ReservationRepository["Service"]["refuse"] = (refusals) =>
      refusals.length === 0
        ? Effect.void
        : Effect.orDie(
            Effect.asVoid(sql`
              INSERT INTO inventory_refusals (organization_id, order_id, refusal)
              SELECT organization_id, order_id, refusal FROM ${refusalsAsTable(refusals)}`)
          )

    const ofOrders: ReservationRepository["Service"]["ofOrders"] = Effect.fnUntraced(function* (orders) {
      if (orders.length === 0) return []
      const rows = yield* reservations(sql`
        SELECT r.organization_id, r.order_id, r.product_id, r.location_id, r.reservation_id, r.quantity, r.status
        FROM ${ordersAsTable(orders)}
        CROSS JOIN LATERAL (
          SELECT * FROM inventory_reservations line
          WHERE line.organization_id = wanted.organization_id AND line.order_id = wanted.order_id
          OFFSET 0
        ) AS r
        ORDER BY r.organization_id, r.order_id, r.product_id, r.location_id`)
      return rows.map(reservation)
    })

    const release: ReservationRepository["Service"]["release"] = Effect.fnUntraced(function* (orders) {
      const held = (yield* ofOrders(orders)).filter(({ status }) => status === "RESERVED")
      if (held.length === 0) return []
      yield* Effect.orDie(sql`
        SELECT 1 FROM ${balancesAsTable(held)}
        JOIN inventory_balances b ON b.organization_id = wanted.organization_id
          AND b.product_id = wanted.product_id AND b.location_id = wanted.location_id
        ORDER BY b.organization_id, b.product_id, b.location_id
        FOR UPDATE OF b`)
      yield* Effect.orDie(sql`
        WITH released AS (
          UPDATE inventory_reservations r SET status = 'RELEASED', released_at = now()
          FROM ${ordersAsTable(held)}
          WHERE r.organization_id = wanted.organization_id AND r.order_id = wanted.order_id AND r.released_at IS NULL
          RETURNING r.organization_id, r.product_id, r.location_id, r.quantity
        )
        UPDATE inventory_balances b SET reserved = b.reserved - freed.quantity, updated_at = now()
        FROM (
          SELECT organization_id, product_id, location_id, sum(quantity)::bigint AS quantity
          FROM released GROUP BY organization_id, product_id, location_id
        ) AS freed
        WHERE b.organization_id = freed.organization_id AND b.product_id = freed.product_id
          AND b.location_id = freed.location_id`)
      return held.map((line) => ({ ...line, status: "RELEASED" as const }))
    })

    return ReservationRepository.of({
      earlierDecisions,
      lockStock,
      availableStock,
      hold,
      refuse,
      ofOrders,
      release
    })
  })
)
