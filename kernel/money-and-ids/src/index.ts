export { Currency, decimalsOf } from "./Currency.ts"
export { Uuid, uuidV7 } from "./Id.ts"
export {
  CustomerId,
  EventId,
  makeEventId,
  makeOrderId,
  makeProductId,
  OrderId,
  OrganizationId,
  ProductId
} from "./Ids.ts"
export { AMOUNT_MAX_MINOR, formatAmount, MinorUnits, Money, parseAmount } from "./Money.ts"
export { QUANTITY_MAX, Quantity } from "./Quantity.ts"
