import { InventoryAudit, type OrderStock } from "@valerix/inventory/contract"
import { OrderId, type OrganizationId } from "@valerix/money-and-ids"
import { OrdersAudit } from "@valerix/orders/contract"
import { PaymentsAudit } from "@valerix/payments/contract"
import type { Check } from "@valerix/tenancy"
import { Effect, Schema } from "effect"
import type { LedgerFindingCode } from "../domain/LedgerFindings.ts"
import { brokenPromises, type OrderElsewhere } from "../domain/PromisesAcrossServices.ts"
import { type AuditedOrder, LedgerAudit } from "./ports/LedgerAudit.ts"

/** How many orders are judged with one question to each service; each can have 2,000 lines. */
const ORDERS_PER_QUESTION = 500

const isOrderId = Schema.is(OrderId)

/** An order of the ledger as the others have it. */
export interface OrderEverywhere {
  readonly order: AuditedOrder
  readonly elsewhere: OrderElsewhere
}

/** Looks at orders of the ledger in all services; gives those that did not move meanwhile. */
export const makeSeeEverywhere = Effect.gen(function* () {
  const ledger = yield* LedgerAudit
  const orders = yield* OrdersAudit
  const inventory = yield* InventoryAudit
  const payments = yield* PaymentsAudit

  return Effect.fnUntraced(function* (organizationId: OrganizationId, page: ReadonlyArray<AuditedOrder>) {
    if (page.length === 0) return []
    const ids = page.map((order) => order.orderId)
    const [sales, stock, money] = yield* Effect.all(
      [
        orders.salesOrdersOf(organizationId, ids),
        inventory.reservationsOf(organizationId, ids),
        payments.paymentsOf(organizationId, ids)
      ],
      { concurrency: 3 }
    )
    // Read again: only an order that has not moved in between was seen in one state by all services.
    const unmoved = yield* ledger.unmoved(organizationId, page)
    return page.flatMap((order, index): ReadonlyArray<OrderEverywhere> => {
      const booked = money[index]
      if (!unmoved.has(order.orderId) || booked === undefined) return []
      const elsewhere = { salesOrder: sales[index], reservedQuantity: reservedQuantityOf(stock[index]), ...booked }
      return [{ order, elsewhere }]
    })
  })
})

/** The promises that only show across services, order by order. */
export const makeCheckAcrossServices = (options: { readonly restMs: number }) =>
  Effect.gen(function* () {
    const ledger = yield* LedgerAudit
    const see = yield* makeSeeEverywhere

    const judge = Effect.fnUntraced(function* (organizationId: OrganizationId, page: ReadonlyArray<AuditedOrder>) {
      const seen = yield* see(organizationId, page)
      return seen.flatMap(({ elsewhere, order }) => brokenPromises({ ...order, organizationId }, elsewhere, options))
    })

    const check: Check<LedgerFindingCode> = {
      name: "across",
      key: "uuid",
      chunk: Effect.fnUntraced(function* (organizationId, after) {
        const page = yield* ledger.orders(organizationId, after, ORDERS_PER_QUESTION)
        return {
          findings: yield* judge(organizationId, page),
          orders: page.length,
          next: page.length < ORDERS_PER_QUESTION ? undefined : page.at(-1)?.orderId
        }
      }),
      one: Effect.fnUntraced(function* (organizationId, key) {
        const order = isOrderId(key) ? yield* ledger.order(organizationId, key) : undefined
        return yield* judge(organizationId, order === undefined ? [] : [order])
      })
    }
    return check
  })

const reservedQuantityOf = (stock: OrderStock | undefined): number => (stock?._tag === "Reserved" ? stock.quantity : 0)
