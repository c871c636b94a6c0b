import { withProblems } from "@valerix/http/contract"
import { HttpApi } from "effect/http-api"
import { OrdersGroup } from "./OrdersGroup.ts"
import { SalesOrdersGroup } from "./SalesOrdersGroup.ts"

/** What the public door serves of orders. */
export const OrdersApi = HttpApi.make("orders").add(SalesOrdersGroup).prefix("/api/v1").pipe(withProblems)

/** What the service serves besides, on its own port, to callers inside. */
export const OrdersInternalApi = HttpApi.make("orders-internal").add(OrdersGroup).pipe(withProblems)
