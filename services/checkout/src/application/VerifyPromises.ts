import { InventoryAudit, type OrderStock } from "@valerix/inventory/contract"
import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { OrdersAudit } from "@valerix/orders/contract"
import { PaymentsAudit } from "@valerix/payments/contract"
import { Context, Effect, Layer } from "effect"
import type { Finding } from "../domain/Finding.ts"
import { brokenPromises } from "../domain/PromisesAcrossServices.ts"
import { LedgerAudit } from "./ports/LedgerAudit.ts"

export interface Verification {
  readonly organizations: number
  readonly orders: number
  readonly findings: ReadonlyArray<Finding>
}

/** How many organizations, and how many orders of one, are checked with one question to each service. */
const ORGANIZATIONS_PER_QUESTION = 100
const ORDERS_PER_QUESTION = 1_000
/** After so many findings the rest adds nothing. */
const FINDINGS_MAX = 1_000

/**
 * Checks the promises: each service's own, and those that only show across services, order by order. An order that is
 * under way is judged by what must be true of it at any moment; one that has not moved for longer than `restMs` must be
 * at rest.
 */
export class VerifyPromises extends Context.Service<
  VerifyPromises,
  {
    readonly ofOrganizations: (organizations: ReadonlyArray<OrganizationId>) => Effect.Effect<Verification>
    readonly ofAll: Effect.Effect<Verification>
  }
>()("@valerix/checkout/VerifyPromises") {
  static readonly layer = (options: { readonly restMs: number }) =>
    Layer.effect(
      VerifyPromises,
      Effect.gen(function* () {
        const ledger = yield* LedgerAudit
        const orders = yield* OrdersAudit
        const inventory = yield* InventoryAudit
        const payments = yield* PaymentsAudit

        const ordersOf = Effect.fnUntraced(function* (organizationId: OrganizationId) {
          const findings: Array<Finding> = []
          let count = 0
          let after: OrderId | undefined
          while (findings.length < FINDINGS_MAX) {
            const page = yield* ledger.orders(organizationId, after, ORDERS_PER_QUESTION)
            if (page.length === 0) break
            const ids = page.map((order) => order.orderId)
            const [sales, stock, money] = yield* Effect.all(
              [
                orders.statusesOf(organizationId, ids),
                inventory.reservationsOf(organizationId, ids),
                payments.paymentsOf(organizationId, ids)
              ],
              { concurrency: 3 }
            )
            // Read again: only an order that has not moved in between was seen in one state by all services.
            const unmoved = yield* ledger.unmoved(organizationId, page)
            page.forEach((order, index) => {
              const booked = money[index]
              if (!unmoved.has(order.orderId) || booked === undefined) return
              const elsewhere = {
                salesOrder: sales[index],
                reservedQuantity: reservedQuantityOf(stock[index]),
                ...booked
              }
              findings.push(...brokenPromises({ ...order, organizationId }, elsewhere, options))
            })
            count += page.length
            after = ids.at(-1)
          }
          return { count, findings }
        })

        const ofOrganizations = Effect.fnUntraced(function* (organizations: ReadonlyArray<OrganizationId>) {
          const findings: Array<Finding> = []
          let checked = 0
          for (
            let start = 0;
            start < organizations.length && findings.length < FINDINGS_MAX;
            start += ORGANIZATIONS_PER_QUESTION
          ) {
            const some = organizations.slice(start, start + ORGANIZATIONS_PER_QUESTION)
            for (const service of [ledger, orders, inventory, payments])
              findings.push(...(yield* service.findings(some)))
            for (const organizationId of some) {
              const result = yield* ordersOf(organizationId)
              checked += result.count
              findings.push(...result.findings)
            }
          }
          return { organizations: organizations.length, orders: checked, findings: findings.slice(0, FINDINGS_MAX) }
        })

        const allOrganizations = Effect.gen(function* () {
          const all = new Set<OrganizationId>()
          for (const service of [ledger, orders, inventory, payments]) {
            let after: OrganizationId | undefined
            for (;;) {
              const page: ReadonlyArray<OrganizationId> = yield* service.organizations(after)
              if (page.length === 0) break
              for (const organizationId of page) all.add(organizationId)
              after = page.at(-1)
            }
          }
          return [...all].sort()
        })

        return VerifyPromises.of({ ofOrganizations, ofAll: Effect.flatMap(allOrganizations, ofOrganizations) })
      })
    )
}

const reservedQuantityOf = (stock: OrderStock | undefined): number => (stock?._tag === "Reserved" ? stock.quantity : 0)
