import { TemporarilyUnavailable, TenantScope } from "@valerix/http/contract"
import { AMOUNT_MAX_MINOR, Currency, CustomerId, OrderId, ProductId, Quantity } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import {
  InvalidStatusTransitionProblem,
  OrderCancelledProblem,
  OrderRefusedProblem,
  OrderTotalMismatchProblem,
  SalesOrderNotFoundProblem
} from "./OrderProblems.ts"
import { AdjustmentKind, SalesOrderStatusName } from "./SalesOrderSchemas.ts"

const ITEMS_MAX = 2_000
const EPOCH_MAX = 2_147_483_647
const SKU_MAX_CHARACTERS = 100

/** Rises with every worker that takes an order over: what an older one sends later changes nothing. */
const Epoch = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: EPOCH_MAX }))
/** An amount in the minor unit of the order's currency, whatever that unit is called. */
const Cents = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: AMOUNT_MAX_MINOR }))
const SkuText = Schema.NonEmptyString.check(
  Schema.isMaxLength(SKU_MAX_CHARACTERS),
  Schema.makeFilter((sku: string) => !sku.includes("\u0000") || "must not contain the character NUL")
)

export const CreateOrderBody = Schema.Struct({
  /** The order's one id: the ledger entry and the sales order share it. */
  order_ledger_id: OrderId,
  user_id: CustomerId,
  currency: Currency,
  items: Schema.Array(
    Schema.Struct({
      product_id: ProductId,
      sku: Schema.optionalKey(SkuText),
      quantity: Quantity,
      unit_price_cents: Cents
    })
  ).check(Schema.isMinLength(1), Schema.isMaxLength(ITEMS_MAX)),
  total_amount_cents: Cents,
  epoch: Schema.optionalKey(Epoch)
})

/** An order in the words of its ledger entry. */
export const OrderView = Schema.Struct({
  order_id: OrderId,
  order_ledger_id: OrderId,
  user_id: CustomerId,
  status: SalesOrderStatusName,
  currency: Currency,
  total_amount_cents: Schema.Int,
  items: Schema.Array(
    Schema.Struct({ product_id: ProductId, sku: Schema.String, quantity: Quantity, unit_price_cents: Schema.Int })
  ),
  adjustments: Schema.Array(Schema.Struct({ kind: AdjustmentKind, amount_cents: Schema.Int })),
  created_at: Schema.DateFromString,
  updated_at: Schema.DateFromString
}).annotate({ identifier: "OrderOfLedger" })

const ofOrder = {
  params: { order_id: OrderId },
  query: { epoch: Schema.optionalKey(Epoch) },
  success: OrderView,
  error: [
    SalesOrderNotFoundProblem,
    InvalidStatusTransitionProblem,
    OrderCancelledProblem,
    OrderRefusedProblem,
    TemporarilyUnavailable
  ]
} as const

/** The commands of an order's execution for callers in another process. Not public. */
export const OrdersGroup = HttpApiGroup.make("orders")
  .add(
    HttpApiEndpoint.post("createOrder", "/orders", {
      payload: CreateOrderBody,
      success: OrderView.pipe(HttpApiSchema.status(201)),
      error: [OrderCancelledProblem, OrderTotalMismatchProblem, OrderRefusedProblem, TemporarilyUnavailable]
    }),
    HttpApiEndpoint.get("getOrder", "/orders/:order_id", {
      params: { order_id: OrderId },
      success: OrderView,
      error: SalesOrderNotFoundProblem
    }),
    HttpApiEndpoint.put("cancelOrder", "/orders/:order_id/cancel", ofOrder),
    HttpApiEndpoint.put("confirmOrder", "/orders/:order_id/confirm", ofOrder)
  )
  .middleware(TenantScope)
