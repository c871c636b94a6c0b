import { notes, TenantScope } from "@valerix/http/contract"
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
        from: Schema.optionalKey(Instant),
        to: Schema.optionalKey(Instant)
      },
      success: SalesOrderPage.success
    }).annotateMerge(
      notes({
        summary: "List sales orders",
        description: "The goods side of the orders, newest first.",
        parameters: {
          from: { description: "Created at this time or later.", example: "2026-01-31T00:00:00Z" },
          to: { description: "Created before this time.", example: "2026-02-01T00:00:00Z" }
        }
      })
    ),
    HttpApiEndpoint.get("getSalesOrder", "/sales-orders/:order_id", {
      params: { order_id: OrderId },
      success: SalesOrderView,
      error: SalesOrderNotFoundProblem
    })
  )
  .middleware(TenantScope)
