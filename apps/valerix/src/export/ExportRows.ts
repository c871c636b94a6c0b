import { type LedgerEntry, OrderLedger } from "@valerix/checkout"
import { BrowseInventory } from "@valerix/inventory"
import { type Currency, formatAmount, type OrderId, type OrganizationId, type ProductId } from "@valerix/money-and-ids"
import { Effect, Option, Stream } from "effect"
import { ORDER_COLUMNS, PAYMENT_TOKEN } from "../import/own/OrderRows.ts"
import { PRODUCT_TABLE } from "../import/own/ProductRows.ts"

/** What is exported of one thing: as rows of a table, and as a document. */
export interface Exported {
  readonly rows: ReadonlyArray<Readonly<Record<string, string>>>
  readonly document: unknown
}

export interface Export {
  readonly columns: ReadonlyArray<string>
  readonly all: Stream.Stream<Exported>
}

/** Orders come with their lines, up to 2,000 of them each. */
const ORDERS_PER_PAGE = 50
const ROWS_PER_PAGE = 1_000

/** All pages, one after the other, each read when the one before it has been taken. */
const paged = <Item, Position>(
  read: (after: Position | undefined) => Effect.Effect<ReadonlyArray<Item>>,
  positionOf: (item: Item) => Position
) =>
  Stream.paginate(undefined, (after: Position | undefined) =>
    Effect.map(read(after), (items) => {
      const last = items.at(-1)
      return [items, last === undefined ? Option.none() : Option.some(positionOf(last))] as const
    })
  )

const money = (amountMinor: number, currency: Currency) => ({ amount: formatAmount(amountMinor, currency), currency })

/** Orders, oldest first, as `valerix import orders` reads them. */
export const exportOrders = (organizationId: OrganizationId) =>
  Effect.map(OrderLedger, (ledger): Export => {
    const entries = paged(
      (afterOrderId: OrderId | undefined) => ledger.walk(organizationId, { afterOrderId, limit: ORDERS_PER_PAGE }),
      ({ orderId }) => orderId
    )
    return { columns: ORDER_COLUMNS, all: Stream.map(entries, exportedOrder) }
  })

const exportedOrder = (entry: LedgerEntry): Exported => {
  const { adjustments, currency, lines } = entry
  const ofOrder = {
    idempotency_key: entry.clientRequestId,
    customer_id: entry.customerId,
    ...(entry.email === undefined ? {} : { email: entry.email }),
    currency,
    ...(entry.externalReference === undefined ? {} : { external_reference: entry.externalReference }),
    order_id: entry.orderId,
    status: entry.status,
    created_at: entry.createdAt.toISOString()
  }
  const documents = {
    ...(entry.shippingAddress === undefined ? {} : { shipping_address: entry.shippingAddress }),
    ...(entry.metadata === undefined ? {} : { metadata: entry.metadata })
  }
  const first = {
    ...ofOrder,
    payment_token: PAYMENT_TOKEN,
    total: formatAmount(entry.totalMinor, currency),
    ...Object.fromEntries(Object.entries(documents).map(([name, document]) => [name, JSON.stringify(document)]))
  }
  const rows = [
    ...lines.map(({ quantity, sku, unitPriceMinor }) => ({
      kind: "ITEM",
      sku,
      quantity: String(quantity),
      unit_price: formatAmount(unitPriceMinor, currency)
    })),
    ...adjustments.map(({ amountMinor, description = "", kind }) => ({
      kind,
      amount: formatAmount(amountMinor, currency),
      description
    }))
  ]
  return {
    rows: rows.map((row, index) => ({ ...(index === 0 ? first : { idempotency_key: entry.clientRequestId }), ...row })),
    document: {
      ...ofOrder,
      total: money(entry.totalMinor, currency),
      items: lines.map(({ quantity, sku, unitPriceMinor }) => ({
        sku,
        quantity,
        unit_price: money(unitPriceMinor, currency)
      })),
      adjustments: adjustments.map(({ amountMinor, description, kind }) => ({
        kind,
        amount: money(amountMinor, currency),
        ...(description === undefined ? {} : { description })
      })),
      payment: { method: entry.paymentMethod, token: PAYMENT_TOKEN },
      ...documents
    }
  }
}

/** Products, oldest first, as `valerix import products` reads them. */
export const exportProducts = (organizationId: OrganizationId) =>
  Effect.map(BrowseInventory, (browse): Export => {
    const products = paged(
      (after: ProductId | undefined) => browse.stocked(organizationId, { after, limit: ROWS_PER_PAGE }),
      ({ product }) => product.productId
    )
    return {
      columns: [...PRODUCT_TABLE.required, ...PRODUCT_TABLE.optional],
      all: Stream.map(products, ({ onHand, product: { name, price, sku } }) => {
        const { amount, currency } = money(price.amountMinor, price.currency)
        return {
          rows: [{ sku, name, price: amount, currency, initial_stock: String(onHand) }],
          document: { sku, name, price: { amount, currency }, initial_stock: onHand }
        }
      })
    }
  })

/** What there is of each product at each location. */
export const exportBalances = (organizationId: OrganizationId) =>
  Effect.map(BrowseInventory, (browse): Export => {
    const balances = paged(
      (after: readonly [ProductId, string] | undefined) =>
        browse.balances(organizationId, { productId: undefined, after, limit: ROWS_PER_PAGE }),
      ({ locationId, productId }) => [productId, locationId] as const
    )
    return {
      columns: ["sku", "product_id", "location_id", "on_hand", "reserved", "available"],
      all: Stream.map(balances, ({ locationId, onHand, productId, reserved, sku }) => {
        const ids = { sku, product_id: productId, location_id: locationId }
        const counts = { on_hand: onHand, reserved, available: onHand - reserved }
        const cells = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)]))
        return { rows: [{ ...ids, ...cells }], document: { ...ids, ...counts } }
      })
    }
  })
