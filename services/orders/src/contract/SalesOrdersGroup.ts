import { TenantScope } from "@valerix/http"
import { CustomerId, OrderId } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { Instant } from "./Instant.ts"
import { SalesOrderNotFoundProblem } from "./OrderProblems.ts"
import { SalesOrderPage, SalesOrderStatusName, SalesOrderView } from "./SalesOrderSchemas.ts"

/** The goods side of the orders: what is to be picked, packed and shipped. */
export const SalesOrdersGroup = HttpApiGroup.make("salesOrders")
  .add(
    HttpApiEndpoint.get("listSalesOrders", "/sales-orders", {
      query: {
        ...SalesOrderPage.query,
        status: Schema.optionalKey(SalesOrderStatusName),
        customer_id: Schema.optionalKey(CustomerId),
        /** Created at this time or later. */
        from: Schema.optionalKey(Instant),
        /** Created before this time. */
        to: Schema.optionalKey(Instant)
      },
      success: SalesOrderPage.success
    }),
    HttpApiEndpoint.get("getSalesOrder", "/sales-orders/:order_id", {
      params: { order_id: OrderId },
      success: SalesOrderView,
      error: SalesOrderNotFoundProblem
    })
  )
  .middleware(TenantScope)
