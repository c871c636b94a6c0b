export { CheckoutApi } from "./CheckoutApi.ts"
export { OrderView, PlaceOrderRequest, TimelineEntryView } from "./OrderSchemas.ts"
export { FindingView, VerifyReport } from "./VerifyGroup.ts"
