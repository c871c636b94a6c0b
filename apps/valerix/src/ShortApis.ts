import { CheckoutShortApi } from "@valerix/checkout/contract"
import { InventoryShortApi } from "@valerix/inventory/contract"
import { PaymentsShortApi } from "@valerix/payments/contract"
import { HttpApi, OpenApi } from "effect/http-api"
import { VERSION } from "./Version.ts"

const about = (title: string) => OpenApi.annotations({ title, version: VERSION })

/** What the short doors serve, for their descriptions. */
export const OrderServiceApi = HttpApi.make("order-service")
  .addHttpApi(CheckoutShortApi)
  .annotateMerge(about("Valerix: orders in their shortest form"))

export const InventoryServiceApi = HttpApi.make("inventory-service")
  .addHttpApi(InventoryShortApi)
  .annotateMerge(about("Valerix: stock in its shortest form"))

export const PaymentServiceApi = HttpApi.make("payment-service")
  .addHttpApi(PaymentsShortApi)
  .annotateMerge(about("Valerix: payments in their shortest form"))
