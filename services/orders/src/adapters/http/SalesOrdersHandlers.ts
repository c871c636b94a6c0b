import { CurrentTenant } from "@valerix/tenancy"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { GetSalesOrder } from "../../application/GetSalesOrder.ts"
import { ListSalesOrders } from "../../application/ListSalesOrders.ts"
import { SalesOrderNotFoundProblem } from "../../contract/OrderProblems.ts"
import { OrdersApi } from "../../contract/OrdersApi.ts"
import { SalesOrderPage } from "../../contract/SalesOrderSchemas.ts"
import { salesOrderView, summaryView } from "./Views.ts"

/** The groups of OrdersApi. */
export const layerOrdersHandlers = HttpApiBuilder.group(
  OrdersApi,
  "salesOrders",
  Effect.fnUntraced(function* (handlers) {
    const getSalesOrder = yield* GetSalesOrder
    const listSalesOrders = yield* ListSalesOrders

    return handlers.handleAll({
      listSalesOrders: Effect.fnUntraced(function* ({ query }) {
        const { organizationId } = yield* CurrentTenant
        const { cursor: after, customer_id: customerId, from, limit, status, to } = query
        const orders = yield* listSalesOrders(organizationId, { status, customerId, from, to, after, limit: limit + 1 })
        return SalesOrderPage.of(orders.map(summaryView), limit, (last) => [last.created_at, last.order_id] as const)
      }),

      getSalesOrder: Effect.fnUntraced(function* ({ params }) {
        const { organizationId } = yield* CurrentTenant
        const order = yield* getSalesOrder(organizationId, params.order_id).pipe(
          Effect.mapError(({ orderId }) => new SalesOrderNotFoundProblem({ order_id: orderId }))
        )
        return salesOrderView(order)
      })
    })
  })
)
