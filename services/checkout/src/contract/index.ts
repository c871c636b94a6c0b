export { CheckoutApi, CheckoutShortApi } from "./CheckoutApi.ts"
export {
  DEFAULT_CUSTOMER_ID,
  DEFAULT_PAYMENT,
  OrderView,
  PlaceOrderRequest,
  TimelineEntryView
} from "./OrderSchemas.ts"
export { SagaView, SagaWithTimeline } from "./SagaSchemas.ts"
export { FindingView, VerifyCursor, VerifyReport } from "./VerifyGroup.ts"
