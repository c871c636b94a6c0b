export { type CreateSalesOrder, type OrderAdjustment, type OrderCommand, type OrderLine, OrdersCommands } from "./OrdersCommands.ts"
