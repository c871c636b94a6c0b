export { OrderCancelled, OrderConfirmed, OrderCreated } from "./OrderEvents.ts"
export {
  type CreateSalesOrder,
  type OrderAdjustment,
  type OrderCommand,
  type OrderLine,
  OrdersCommands
} from "./OrdersCommands.ts"
