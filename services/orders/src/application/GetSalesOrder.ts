import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, Effect, Layer } from "effect"
import { type SalesOrder, SalesOrderNotFound } from "../domain/SalesOrder.ts"
import { SalesOrderQueries } from "./ports/SalesOrderQueries.ts"

/** One sales order of an organization, with its lines and adjustments. */
export class GetSalesOrder extends Context.Service<
  GetSalesOrder,
  (organizationId: OrganizationId, orderId: OrderId) => Effect.Effect<SalesOrder, SalesOrderNotFound>
>()("@valerix/orders/GetSalesOrder") {
  static readonly layer = Layer.effect(
    GetSalesOrder,
    Effect.gen(function* () {
      const queries = yield* SalesOrderQueries
      return Effect.fn("GetSalesOrder")(function* (organizationId, orderId) {
        const order = yield* queries.find(organizationId, orderId)
        return order ?? (yield* new SalesOrderNotFound({ orderId }))
      })
    })
  )
}
