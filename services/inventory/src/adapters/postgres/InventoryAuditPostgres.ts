import { checkIsolation, organizationsPresent, rowsOf, TenantDatabase } from "@valerix/database"
import { OrderId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { ReservationRepository } from "../../application/ports/ReservationRepository.ts"
import { InventoryAudit, type OrderStock } from "../../contract/InventoryAudit.ts"
import type { Reservation } from "../../domain/Reservation.ts"
import { checkAdjustments } from "./audit/CheckAdjustments.ts"
import { checkBalances } from "./audit/CheckBalances.ts"
import { checkMovements } from "./audit/CheckMovements.ts"
import { checkReservations } from "./audit/CheckReservations.ts"

const ORGANIZATIONS_MAX = 1_000
const ORDERS_MAX = 10_000

const ordersOf = rowsOf(Schema.Struct({ order_id: OrderId }))

export const layerInventoryAuditPostgres = Layer.effect(
  InventoryAudit,
  Effect.gen(function* () {
    const database = yield* TenantDatabase
    const reservations = yield* ReservationRepository
    const { sql } = database

    return InventoryAudit.of({
      checks: [
        checkIsolation(database),
        checkBalances(database),
        checkMovements(database),
        checkAdjustments(database),
        checkReservations(database)
      ],

      organizations: Effect.fn("InventoryAudit.organizations")((after) =>
        organizationsPresent(database, after, ORGANIZATIONS_MAX)
      ),

      orders: Effect.fn("InventoryAudit.orders")((organizationId, after, limit) =>
        Effect.map(
          database.transaction([organizationId])(
            ordersOf(sql`
              SELECT DISTINCT order_id FROM inventory_reservations
              WHERE organization_id = ${organizationId}::uuid
                AND order_id > coalesce(${after ?? null}::uuid, '00000000-0000-0000-0000-000000000000')
              ORDER BY order_id LIMIT ${limit}::int`)
          ),
          (rows) => rows.map((row) => row.order_id)
        )
      ),

      reservationsOf: Effect.fn("InventoryAudit.reservationsOf")(function* (organizationId, orderIds) {
        if (orderIds.length > ORDERS_MAX)
          return yield* Effect.die(new RangeError(`at most ${ORDERS_MAX} orders at a time`))
        const rows = yield* database.transaction([organizationId])(
          reservations.ofOrders(orderIds.map((orderId) => ({ organizationId, orderId })))
        )
        const byOrder = Map.groupBy(rows, ({ orderId }) => orderId)
        return orderIds.map((orderId) => stockOf(byOrder.get(orderId) ?? []))
      })
    })
  })
)

const stockOf = (lines: ReadonlyArray<Reservation>): OrderStock => {
  const active = lines.filter(({ status }) => status === "RESERVED")
  if (active.length > 0) return { _tag: "Reserved", lines: active.length, quantity: total(active) }
  return lines.length > 0 ? { _tag: "Released", lines: lines.length, quantity: total(lines) } : { _tag: "None" }
}

const total = (lines: ReadonlyArray<Reservation>): number => lines.reduce((sum, { quantity }) => sum + quantity, 0)
