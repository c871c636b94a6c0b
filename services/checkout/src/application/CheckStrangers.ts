import { InventoryAudit } from "@valerix/inventory/contract"
import { OrderId, type OrganizationId } from "@valerix/money-and-ids"
import { OrdersAudit } from "@valerix/orders/contract"
import { PaymentsAudit } from "@valerix/payments/contract"
import type { Check } from "@valerix/tenancy"
import { Effect, Schema } from "effect"
import type { LedgerFindingCode } from "../domain/LedgerFindings.ts"
import { LedgerAudit } from "./ports/LedgerAudit.ts"

const ORDERS_PER_CHUNK = 1_000

const isOrderId = Schema.is(OrderId)

/**
 * Promise 6, from the other side: what the other services have of an order is of one that the ledger has. An order's
 * entry is written before anything else, and the ledger is read last, so none that is just being placed is a stranger.
 * Nor is what was undone because its order was lost: that was recorded.
 */
export const makeCheckStrangers = Effect.gen(function* () {
  const ledger = yield* LedgerAudit
  const orders = yield* OrdersAudit
  const inventory = yield* InventoryAudit
  const payments = yield* PaymentsAudit

  const check = (
    name: string,
    code: LedgerFindingCode,
    what: string,
    list: OrdersAudit["Service"]["orders"],
    except: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlySet<OrderId>> = () => Effect.succeed(new Set())
  ): Check<LedgerFindingCode> => {
    const strangersAmong = Effect.fnUntraced(function* (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) {
      const unknown = orderIds.length === 0 ? [] : yield* ledger.unknown(organizationId, orderIds, code)
      const excepted = unknown.length === 0 ? new Set<OrderId>() : yield* except(organizationId, unknown)
      return unknown
        .filter((orderId) => !excepted.has(orderId))
        .map((subject) => ({
          promise: 6,
          code,
          organizationId,
          subject,
          message: `there is ${what} of an order that the ledger does not have`
        }))
    })
    return {
      name,
      key: "uuid",
      chunk: Effect.fnUntraced(function* (organizationId, after) {
        const orderIds = yield* list(organizationId, after, ORDERS_PER_CHUNK)
        return {
          findings: yield* strangersAmong(organizationId, orderIds),
          next: orderIds.length < ORDERS_PER_CHUNK ? undefined : orderIds.at(-1)
        }
      }),
      one: (organizationId, key) => (isOrderId(key) ? strangersAmong(organizationId, [key]) : Effect.succeed([]))
    }
  }

  return [
    check("orders", "sales_order_without_order", "a sales order", orders.orders),
    check("inventory", "reservation_without_order", "a reservation", inventory.orders),
    check("payments", "payment_without_order", "a payment", payments.orders, payments.madeForDirectPayments)
  ]
})
