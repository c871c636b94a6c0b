import { TenantDatabase } from "@valerix/database"
import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer } from "effect"
import { InventoryAudit, type InventoryFinding, type OrderStock } from "../contract/InventoryAudit.ts"
import type { Reservation } from "../domain/Reservation.ts"
import { AuditRepository } from "./ports/AuditRepository.ts"
import { ReservationRepository } from "./ports/ReservationRepository.ts"

const FINDINGS_MAX = 1_000
const ORGANIZATIONS_MAX = 1_000
const ORDERS_MAX = 10_000

/**
 * Checks the promises on the data as they are, chunk by chunk. Each chunk is read in one statement, so what it sees is
 * of one moment, and a check is right while orders are being executed.
 */
export const layerInventoryAudit = Layer.effect(
  InventoryAudit,
  Effect.gen(function* () {
    const database = yield* TenantDatabase
    const audit = yield* AuditRepository
    const reservations = yield* ReservationRepository

    const findings = Effect.fn("InventoryAudit.findings")(function* (organizations: ReadonlyArray<OrganizationId>) {
      const found: Array<InventoryFinding> = []
      for (const organization of organizations) {
        for (const check of audit.checks) {
          let after: string | undefined
          do {
            const chunk = yield* database.transaction([organization])(check(organization, after))
            found.push(...chunk.findings)
            if (found.length >= FINDINGS_MAX) return found.slice(0, FINDINGS_MAX)
            after = chunk.next
          } while (after !== undefined)
        }
      }
      return found
    })

    const reservationsOf = Effect.fn("InventoryAudit.reservationsOf")(function* (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) {
      if (orderIds.length > ORDERS_MAX)
        return yield* Effect.die(new RangeError(`at most ${ORDERS_MAX} orders at a time`))
      const rows = yield* database.transaction([organizationId])(
        reservations.ofOrders(orderIds.map((orderId) => ({ organizationId, orderId })))
      )
      const byOrder = Map.groupBy(rows, ({ orderId }) => orderId)
      return orderIds.map((orderId) => stockOf(byOrder.get(orderId) ?? []))
    })

    return InventoryAudit.of({
      organizations: Effect.fn("InventoryAudit.organizations")((after) =>
        database.withoutTenant(audit.organizations(after, ORGANIZATIONS_MAX))
      ),
      findings,
      reservationsOf
    })
  })
)

const stockOf = (lines: ReadonlyArray<Reservation>): OrderStock => {
  const active = lines.filter(({ status }) => status === "RESERVED")
  if (active.length > 0) return { _tag: "Reserved", lines: active.length, quantity: total(active) }
  return lines.length > 0 ? { _tag: "Released", lines: lines.length, quantity: total(lines) } : { _tag: "None" }
}

const total = (lines: ReadonlyArray<Reservation>): number => lines.reduce((sum, { quantity }) => sum + quantity, 0)
