export { CheckoutApi, CheckoutShortApi } from "./CheckoutApi.ts"
export {
  ADJUSTMENTS_MAX,
  DEFAULT_CUSTOMER_ID,
  DEFAULT_PAYMENT,
  IdempotencyKey,
  ImportedOrder,
  ORDER_LINES_MAX,
  OrderView,
  PlaceOrderRequest,
  TimelineEntryView
} from "./OrderSchemas.ts"
export { SagaView, SagaWithTimeline } from "./SagaSchemas.ts"
export { FindingView, VerifyCursor, VerifyReport } from "./VerifyGroup.ts"
