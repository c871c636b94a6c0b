export {
  PaymentAuthorized,
  PaymentExpired,
  PaymentFailed,
  PaymentProcessed,
  PaymentRefunded,
  PaymentVoided
} from "./PaymentEvents.ts"
export { PaymentsApi, PaymentsInternalApi, PaymentsShortApi } from "./PaymentsApi.ts"
export {
  type AuditedPayment,
  type OrderPayments,
  PaymentsAudit,
  type PaymentsCheck,
  type PaymentsFindingCode
} from "./PaymentsAudit.ts"
export {
  type AuthorizeOutcome,
  type AuthorizePayment,
  type PaymentCommand,
  PaymentsCommands
} from "./PaymentsCommands.ts"
