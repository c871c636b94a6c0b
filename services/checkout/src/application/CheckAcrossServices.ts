import { InventoryAudit, type OrderStock } from "@valerix/inventory/contract"
import { OrdersAudit } from "@valerix/orders/contract"
import { PaymentsAudit } from "@valerix/payments/contract"
import type { Check } from "@valerix/tenancy"
import { Effect } from "effect"
import type { LedgerFindingCode } from "../domain/LedgerFindings.ts"
import { brokenPromises } from "../domain/PromisesAcrossServices.ts"
import { LedgerAudit } from "./ports/LedgerAudit.ts"

/** How many orders are judged with one question to each service; each can have 2,000 lines. */
const ORDERS_PER_QUESTION = 500

/** The promises that only show across services, order by order. */
export const makeCheckAcrossServices = (options: { readonly restMs: number }) =>
  Effect.gen(function* () {
    const ledger = yield* LedgerAudit
    const orders = yield* OrdersAudit
    const inventory = yield* InventoryAudit
    const payments = yield* PaymentsAudit

    const check: Check<LedgerFindingCode> = {
      name: "across",
      key: "uuid",
      chunk: Effect.fnUntraced(function* (organizationId, after) {
        const page = yield* ledger.orders(organizationId, after, ORDERS_PER_QUESTION)
        if (page.length === 0) return { findings: [], next: undefined }
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
        const findings = page.flatMap((order, index) => {
          const booked = money[index]
          if (!unmoved.has(order.orderId) || booked === undefined) return []
          const elsewhere = { salesOrder: sales[index], reservedQuantity: reservedQuantityOf(stock[index]), ...booked }
          return brokenPromises({ ...order, organizationId }, elsewhere, options)
        })
        return { findings, orders: page.length, next: page.length < ORDERS_PER_QUESTION ? undefined : ids.at(-1) }
      })
    }
    return check
  })

const reservedQuantityOf = (stock: OrderStock | undefined): number => (stock?._tag === "Reserved" ? stock.quantity : 0)
