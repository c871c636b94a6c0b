export {
  type AuthorizeOutcome,
  type AuthorizePayment,
  type PaymentCommand,
  PaymentsCommands
} from "./PaymentsCommands.ts"
