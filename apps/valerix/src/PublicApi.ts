import { CheckoutApi } from "@valerix/checkout/contract"
import { InventoryApi } from "@valerix/inventory/contract"
import { OrdersApi } from "@valerix/orders/contract"
import { PaymentsApi } from "@valerix/payments/contract"
import { HttpApi, OpenApi } from "effect/http-api"
import { VERSION } from "./Version.ts"

/** Everything that the public door serves, for its description. */
export const PublicApi = HttpApi.make("valerix")
  .addHttpApi(CheckoutApi)
  .addHttpApi(OrdersApi)
  .addHttpApi(InventoryApi)
  .addHttpApi(PaymentsApi)
  .annotateMerge(
    OpenApi.annotations({
      title: "Valerix",
      version: VERSION,
      description:
        "Executes orders: stock reserved, money captured, everybody told, or back to the start. Every error is a problem document (RFC 9457) with a stable code."
    })
  )
