import type { OrganizationId } from "@valerix/money-and-ids"
import { Context, Effect, Layer } from "effect"
import type { SalesOrderSummary } from "../domain/SalesOrder.ts"
import { type SalesOrderFilter, SalesOrderQueries } from "./ports/SalesOrderQueries.ts"

/** The sales orders of an organization, newest first: at most `limit` of them. */
export class ListSalesOrders extends Context.Service<
  ListSalesOrders,
  (organizationId: OrganizationId, filter: SalesOrderFilter) => Effect.Effect<ReadonlyArray<SalesOrderSummary>>
>()("@valerix/orders/ListSalesOrders") {
  static readonly layer = Layer.effect(
    ListSalesOrders,
    Effect.map(SalesOrderQueries, (queries) => Effect.fn("ListSalesOrders")(queries.page))
  )
}
