export { OrderCancelled, OrderConfirmed, OrderCreated } from "./OrderEvents.ts"
export { OrdersApi, OrdersInternalApi } from "./OrdersApi.ts"
export {
  type AuditedSalesOrder,
  OrdersAudit,
  type OrdersCheck,
  type OrdersFindingCode,
  type SalesOrderStatus
} from "./OrdersAudit.ts"
export {
  type CreateSalesOrder,
  type OrderAdjustment,
  type OrderCommand,
  type OrderLine,
  OrdersCommands
} from "./OrdersCommands.ts"
