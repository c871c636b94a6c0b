import { Currency, CustomerId, Money, OrderId, ProductId, Quantity } from "@valerix/money-and-ids"
import { Schema } from "effect"

const text = (charactersMax: number) =>
  Schema.String.check(Schema.isBetweenCodePoints(1, charactersMax, { expected: `1 to ${charactersMax} characters` }))

/** The most lines that one order can have. */
export const ORDER_LINES_MAX = 2_000
/** The most adjustments that one order can have. */
export const ADJUSTMENTS_MAX = 100
const METADATA_CHARACTERS_MAX = 16_384

const Sku = text(100)

/** A product by its id or by its SKU. */
export const ProductName = Schema.Union([ProductId, Sku])

/** What an idempotency key is made of. */
export const IdempotencyKey = Schema.String.check(
  Schema.isPattern(/^[\x21-\x7e]{1,255}$/, { expected: "1 to 255 visible ASCII characters" })
)

/** One line of an order; `product_id` takes an id or a SKU. */
const lineFields = {
  product_id: Schema.optionalKey(ProductName),
  sku: Schema.optionalKey(Sku),
  quantity: Quantity
}

const namesOneProduct = Schema.makeFilter(
  ({ product_id, sku }: { readonly product_id?: string; readonly sku?: string }) =>
    (product_id === undefined) !== (sku === undefined)
      ? undefined
      : { path: ["product_id"], issue: "exactly one of product_id and sku must be given" },
  { toJsonSchema: () => ({ oneOf: [{ required: ["product_id"] }, { required: ["sku"] }] }) }
)

/** A product by its id or by its SKU; `product_id` takes either. */
const OrderItem = Schema.Struct(lineFields).check(namesOneProduct)

/** A line that may bring its own price. */
const PricedItem = Schema.Struct({ ...lineFields, unit_price: Schema.optionalKey(Money) }).check(namesOneProduct)

export const AdjustmentKind = Schema.Literals(["SHIPPING", "TAX", "DISCOUNT", "FEE"])

const Adjustment = Schema.Struct({
  kind: AdjustmentKind,
  amount: Money,
  description: Schema.optionalKey(text(255))
})

const ShippingAddress = Schema.Struct({
  name: Schema.optionalKey(text(255)),
  line1: text(255),
  line2: Schema.optionalKey(text(255)),
  city: text(255),
  region: Schema.optionalKey(text(255)),
  postal_code: Schema.optionalKey(text(32)),
  country: Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/u, { expected: "an ISO 3166 country code such as GB" })),
  phone: Schema.optionalKey(text(64))
})

const Payment = Schema.Struct({ method: Schema.Literals(["card"]), token: text(255) })

/** In JSON text a quote that stands in a string is escaped, so this finds keys only. */
const PROTOTYPE_KEY = /[{,]"__proto__":/

/**
 * A document of the caller's own. It is handed on as it is, also to programs that copy its members one by one: to those a
 * key `__proto__` is an attack.
 */
const Metadata = Schema.Record(Schema.String, Schema.Json).check(
  Schema.makeFilter((metadata) => {
    const text = JSON.stringify(metadata)
    if (text.length > METADATA_CHARACTERS_MAX) return `must be at most ${METADATA_CHARACTERS_MAX} characters of JSON`
    return !PROTOTYPE_KEY.test(text) || "must not have a member named __proto__"
  })
)

const requestFields = {
  product_id: Schema.optionalKey(ProductName),
  quantity: Schema.optionalKey(Quantity),
  customer_id: Schema.optionalKey(CustomerId),
  email: Schema.optionalKey(
    Schema.String.check(
      Schema.isMaxCodePoints(254, { expected: "at most 254 characters" }),
      Schema.isPattern(/^[^\s@]+@[^\s@]+$/u, { expected: "an e-mail address" })
    )
  ),
  currency: Schema.optionalKey(Currency),
  adjustments: Schema.optionalKey(Schema.Array(Adjustment).check(Schema.isMaxLength(ADJUSTMENTS_MAX))),
  shipping_address: Schema.optionalKey(ShippingAddress),
  payment: Schema.optionalKey(Payment),
  external_reference: Schema.optionalKey(text(255)),
  metadata: Schema.optionalKey(Metadata)
}

/** The two forms of an order as the description of the API tells them apart. */
const SHORT_FORM = { title: "One product", required: ["product_id", "quantity"], properties: { items: false } }
const LONG_FORM = {
  title: "Items",
  required: ["items", "customer_id", "payment"],
  properties: { product_id: false, quantity: false }
}

const isShortOrLong = Schema.makeFilter(
  (request: {
    readonly product_id?: string
    readonly quantity?: number
    readonly customer_id?: string
    readonly items?: ReadonlyArray<unknown>
    readonly payment?: unknown
  }) => {
    const missing = (field: string, why: string) => ({ path: [field], issue: `is required ${why}` })
    if (request.items === undefined) {
      if (request.product_id === undefined) return [missing("items", "unless product_id and quantity are given")]
      return request.quantity === undefined ? [missing("quantity", "with product_id")] : []
    }
    return [
      ...(request.product_id === undefined ? [] : [{ path: ["product_id"], issue: "must not be given with items" }]),
      ...(request.quantity === undefined ? [] : [{ path: ["quantity"], issue: "must not be given with items" }]),
      ...(request.customer_id === undefined ? [missing("customer_id", "with items")] : []),
      ...(request.payment === undefined ? [missing("payment", "with items")] : [])
    ]
  },
  { toJsonSchema: () => ({ oneOf: [SHORT_FORM, LONG_FORM] }) }
)

/**
 * A request to place an order. The short form `{"product_id":"PROD-001","quantity":1}` is one line for the organization's
 * default customer and payment method; the long form names `items`, `customer_id` and `payment`.
 */
export const PlaceOrderRequest = Schema.Struct({
  ...requestFields,
  items: Schema.optionalKey(Schema.Array(OrderItem).check(Schema.isBetweenLength(1, ORDER_LINES_MAX)))
}).check(isShortOrLong)
export type PlaceOrderRequest = typeof PlaceOrderRequest.Type

/** The customer and the payment method of the short form, as long as organizations do not name their own. */
export const DEFAULT_CUSTOMER_ID = CustomerId.make("01900000-0000-7000-8000-000000000002")
export const DEFAULT_PAYMENT = { method: "card", token: "tok_default" } as const
/**
 * An order in a file: the request, with its idempotency key, and prices of its own where its lines have them. What an
 * export says besides of an order is allowed, and means nothing.
 */
export const ImportedOrder = Schema.Struct({
  idempotency_key: IdempotencyKey,
  ...requestFields,
  items: Schema.optionalKey(Schema.Array(PricedItem).check(Schema.isBetweenLength(1, ORDER_LINES_MAX))),
  order_id: Schema.optionalKey(Schema.Unknown),
  status: Schema.optionalKey(Schema.Unknown),
  total: Schema.optionalKey(Schema.Unknown),
  created_at: Schema.optionalKey(Schema.Unknown)
}).check(isShortOrLong)
export type ImportedOrder = typeof ImportedOrder.Type

export const Failure = Schema.Struct({
  step: Schema.String,
  code: Schema.String,
  message: Schema.String,
  details: Schema.optionalKey(Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Number])))
})

/** How far an order is for its caller: PENDING_INVENTORY and PENDING_PAYMENT wait for another attempt at that. */
export const OrderStatusName = Schema.Literals([
  "PENDING",
  "PENDING_INVENTORY",
  "PENDING_PAYMENT",
  "CONFIRMED",
  "FAILED"
])

/** An order as its caller sees it. */
export const OrderView = Schema.Struct({
  id: OrderId,
  status: OrderStatusName,
  ledger_status: Schema.String,
  message: Schema.String,
  customer_id: CustomerId,
  email: Schema.NullOr(Schema.String),
  items: Schema.Array(
    Schema.Struct({
      product_id: ProductId,
      sku: Schema.String,
      quantity: Quantity,
      unit_price: Money,
      line_total: Money
    })
  ),
  adjustments: Schema.Array(
    Schema.Struct({ kind: AdjustmentKind, amount: Money, description: Schema.NullOr(Schema.String) })
  ),
  total: Money,
  shipping_address: Schema.Unknown,
  payment: Schema.Struct({ method: Schema.String, authorization_id: Schema.NullOr(Schema.String) }),
  external_reference: Schema.NullOr(Schema.String),
  client_request_id: Schema.String,
  metadata: Schema.Unknown,
  retry_count: Schema.Int,
  next_retry_at: Schema.NullOr(Schema.DateTimeUtcFromString),
  cancel_requested: Schema.Boolean,
  failure: Schema.NullOr(Failure),
  parked: Schema.NullOr(Schema.String),
  correlation_id: Schema.NullOr(Schema.String),
  created_at: Schema.DateTimeUtcFromString,
  updated_at: Schema.DateTimeUtcFromString
}).annotate({ identifier: "Order" })
export type OrderView = typeof OrderView.Type

/**
 * One attempt of one step of an order's execution, or one intervention: RETRIED, TURNED_BACK, PARKED and RESUMED by an
 * operator, MOVED_ON by the monitor, REPAIRED by whoever mended a finding of verify. An intervention has a principal, its reason in `detail`, and 0 for attempt.
 */
export const TimelineEntryView = Schema.Struct({
  step: Schema.String,
  attempt: Schema.Int,
  outcome: Schema.Literals([
    "DONE",
    "REJECTED",
    "UNAVAILABLE",
    "NOT_SENT",
    "CANCELLED",
    "RETRIED",
    "TURNED_BACK",
    "PARKED",
    "RESUMED",
    "MOVED_ON",
    "REPAIRED"
  ]),
  detail: Schema.NullOr(Schema.String),
  duration_ms: Schema.Int,
  epoch: Schema.Int,
  principal: Schema.NullOr(Schema.String),
  recorded_at: Schema.DateTimeUtcFromString
}).annotate({ identifier: "TimelineEntry" })
export type TimelineEntryView = typeof TimelineEntryView.Type
