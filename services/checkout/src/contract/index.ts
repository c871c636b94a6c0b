export { CheckoutApi, CheckoutShortApi } from "./CheckoutApi.ts"
export { OrderView, PlaceOrderRequest, TimelineEntryView } from "./OrderSchemas.ts"
export { SagaView, SagaWithTimeline } from "./SagaSchemas.ts"
export { FindingView, VerifyCursor, VerifyReport } from "./VerifyGroup.ts"
