import {
  Currency,
  MinorUnits,
  makeOrderId,
  type OrderId,
  OrganizationId,
  type ProductId,
  Quantity,
  uuidV7
} from "@valerix/money-and-ids"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect, Layer, Schema } from "effect"
import { CreateProduct } from "../src/application/CreateProduct.ts"
import type { ReservationCommand, ReserveStock } from "../src/contract/InventoryCommands.ts"
import { layerInventory } from "../src/Inventory.ts"
import { inventoryMigrations } from "../src/Migrations.ts"

/** The service on a database of its own; call it at the top of a test file. */
export const inventoryOnFreshDatabase = () =>
  layerInventory.pipe(Layer.provideMerge(testDatabase("inventory", inventoryMigrations)))

/** Every test has an organization of its own, so tests of one file do not meet. */
export const newOrganization = (): OrganizationId => OrganizationId.make(uuidV7())

export const EUR = Currency.make("EUR")

/** A product with stock, as an organization would create it. */
export const productWithStock = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  initialStock: number,
  sku = `SKU-${uuidV7()}`
) {
  const createProduct = yield* CreateProduct
  return yield* createProduct({
    organizationId,
    principal: "tester",
    sku,
    name: `Product ${sku}`,
    price: { amountMinor: MinorUnits.make(1999), currency: EUR },
    initialStock
  }).pipe(Effect.orDie)
})

export const orderFor = (
  organizationId: OrganizationId,
  lines: ReadonlyArray<readonly [ProductId, number]>,
  given: { readonly orderId?: OrderId; readonly epoch?: number; readonly correlationId?: string } = {}
): ReserveStock => ({
  organizationId,
  orderId: given.orderId ?? makeOrderId(),
  epoch: given.epoch ?? 1,
  correlationId: given.correlationId,
  lines: lines.map(([productId, quantity]) => ({ productId, quantity: Quantity.make(quantity) }))
})

export const releaseOf = (order: ReservationCommand, epoch: number = order.epoch): ReservationCommand => ({
  organizationId: order.organizationId,
  orderId: order.orderId,
  epoch,
  correlationId: order.correlationId
})

const BalanceRow = Schema.Struct({ on_hand: Schema.Int, reserved: Schema.Int })

/** A product's balance as it is in the table. */
export const balanceOf = Effect.fnUntraced(function* (organizationId: OrganizationId, productId: ProductId) {
  const { sql } = yield* OwnerDatabase
  const rows = yield* sql`SELECT on_hand, reserved FROM inventory_balances
    WHERE organization_id = ${organizationId} AND product_id = ${productId}`
  const [balance] = yield* Schema.decodeUnknownEffect(Schema.Tuple([BalanceRow]))(rows)
  return balance
}, Effect.orDie)

const EventRow = Schema.Struct({
  event_type: Schema.String,
  aggregate_id: Schema.String,
  correlation_id: Schema.NullOr(Schema.String),
  payload: Schema.Record(Schema.String, Schema.Unknown)
})

/** The events of an organization, in the order in which they were written. */
export const eventsOf = Effect.fnUntraced(function* (organizationId: OrganizationId) {
  const { sql } = yield* OwnerDatabase
  const rows = yield* sql`SELECT event_type, aggregate_id, correlation_id, payload FROM outbox
    WHERE organization_id = ${organizationId} ORDER BY sequence`
  return yield* Schema.decodeUnknownEffect(Schema.Array(EventRow))(rows)
}, Effect.orDie)

/** Everything that an organization has in every table, as text: the same text, nothing changed. */
export const everythingOf = Effect.fnUntraced(function* (organizationId: OrganizationId) {
  const { sql } = yield* OwnerDatabase
  const tables = yield* isolatedTables
  const contents = yield* Effect.forEach(
    tables,
    (table) => sql`SELECT ${table} AS name, coalesce(jsonb_agg(t ORDER BY t::text), '[]')::text AS content
      FROM ${sql(table)} t WHERE organization_id = ${organizationId}`
  )
  return JSON.stringify(contents)
}, Effect.orDie)

/** The names of all tables with business data, read from the catalog, so that a new table is not forgotten. */
export const isolatedTables = Effect.gen(function* () {
  const { sql } = yield* OwnerDatabase
  const rows = yield* sql`SELECT relname AS name FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations' ORDER BY 1`
  return (yield* Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ name: Schema.String })))(rows)).map(
    ({ name }) => name
  )
}).pipe(Effect.orDie)
