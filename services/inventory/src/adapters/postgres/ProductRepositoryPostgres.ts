import { batch, bigints, firstRowOf, ints, rowsOf, TenantDatabase, texts, uuids } from "@valerix/database"
import { Currency, MinorUnits, OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { ProductRepository } from "../../application/ports/ProductRepository.ts"
import type { Product } from "../../domain/Product.ts"
import { makeChangesSince } from "./CatalogueChanges.ts"
import { CatalogueRow, catalogueProduct } from "./CatalogueRow.ts"

const ProductRow = Schema.Struct({
  organization_id: OrganizationId,
  product_id: ProductId,
  sku: Schema.String,
  name: Schema.String,
  price_minor: MinorUnits,
  currency: Currency,
  version: Schema.Int,
  created_at: Schema.Date,
  updated_at: Schema.Date
})

const StockedRow = Schema.Struct({ ...ProductRow.fields, on_hand: Schema.Int })

const product = (row: typeof ProductRow.Type): Product => ({
  organizationId: row.organization_id,
  productId: row.product_id,
  sku: row.sku,
  name: row.name,
  price: { amountMinor: row.price_minor, currency: row.currency },
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at
})

export const layerProductRepositoryPostgres = Layer.effect(
  ProductRepository,
  Effect.gen(function* () {
    const { sql } = yield* TenantDatabase
    const columns = sql.literal(
      "organization_id, product_id, sku, name, price_minor, currency, version, created_at, updated_at"
    )
    const all = rowsOf(ProductRow)
    const first = firstRowOf(ProductRow)
    const catalogue = rowsOf(CatalogueRow)
    const stocked = rowsOf(StockedRow)

    const insert: ProductRepository["Service"]["insert"] = Effect.fnUntraced(function* (added) {
      const row = yield* first(sql`
        INSERT INTO products (organization_id, product_id, sku, name, price_minor, currency)
        VALUES (${added.organizationId}, ${added.productId}, ${added.sku}, ${added.name}, ${added.price.amountMinor},
          ${added.price.currency})
        ON CONFLICT (organization_id, sku) DO NOTHING
        RETURNING ${columns}`)
      return row === undefined ? undefined : product(row)
    })

    const insertAll: ProductRepository["Service"]["insertAll"] = Effect.fnUntraced(function* (added) {
      const rows = yield* all(sql`
        INSERT INTO products (organization_id, product_id, sku, name, price_minor, currency)
        SELECT organization_id, product_id, sku, name, price_minor, currency
        FROM ${batch("added", {
          organization_id: uuids(added.map((one) => one.organizationId)),
          product_id: uuids(added.map((one) => one.productId)),
          sku: texts(added.map((one) => one.sku)),
          name: texts(added.map((one) => one.name)),
          price_minor: bigints(added.map((one) => one.price.amountMinor)),
          currency: texts(added.map((one) => one.price.currency))
        })}
        ORDER BY organization_id, sku COLLATE "C"
        ON CONFLICT (organization_id, sku) DO NOTHING
        RETURNING ${columns}`)
      return rows.map(product)
    })

    const withSkus: ProductRepository["Service"]["withSkus"] = Effect.fnUntraced(function* (organizationId, skus) {
      const rows = yield* all(sql`
        SELECT ${columns} FROM products
        WHERE organization_id = ${organizationId}::uuid AND sku = ANY (${texts(skus).values}::text[])`)
      return rows.map(product)
    })

    const lockBySku: ProductRepository["Service"]["lockBySku"] = Effect.fnUntraced(function* (organizationId, skus) {
      yield* Effect.orDie(sql`
        SELECT FROM products
        WHERE organization_id = ${organizationId}::uuid AND sku = ANY (${texts(skus).values}::text[])
        ORDER BY organization_id, product_id FOR NO KEY UPDATE`)
      return yield* withSkus(organizationId, skus)
    })

    const find: ProductRepository["Service"]["find"] = Effect.fnUntraced(function* (organizationId, reference) {
      const row = yield* first(
        reference._tag === "ById"
          ? sql`SELECT ${columns} FROM products
              WHERE organization_id = ${organizationId} AND product_id = ${reference.productId}`
          : sql`SELECT ${columns} FROM products
              WHERE organization_id = ${organizationId} AND sku = ${reference.sku}`
      )
      return row === undefined ? undefined : product(row)
    })

    const lock: ProductRepository["Service"]["lock"] = (organizationId, productId) =>
      Effect.orDie(
        Effect.asVoid(sql`
          SELECT 1 FROM products WHERE organization_id = ${organizationId} AND product_id = ${productId}
          FOR NO KEY UPDATE`)
      )

    const save: ProductRepository["Service"]["save"] = Effect.fnUntraced(function* (changed) {
      const row = yield* first(sql`
        UPDATE products
        SET name = ${changed.name}, price_minor = ${changed.price.amountMinor}, currency = ${changed.price.currency},
          version = ${changed.version}, updated_at = now()
        WHERE organization_id = ${changed.organizationId} AND product_id = ${changed.productId}
        RETURNING ${columns}`)
      return row === undefined ? yield* Effect.die(new Error(`product ${changed.productId} is gone`)) : product(row)
    })

    const saveAll: ProductRepository["Service"]["saveAll"] = (changed) =>
      Effect.orDie(
        Effect.asVoid(sql`
          UPDATE products p
          SET name = changed.name, price_minor = changed.price_minor, currency = changed.currency,
            version = changed.version, updated_at = now()
          FROM ${batch("changed", {
            organization_id: uuids(changed.map((one) => one.organizationId)),
            product_id: uuids(changed.map((one) => one.productId)),
            name: texts(changed.map((one) => one.name)),
            price_minor: bigints(changed.map((one) => one.price.amountMinor)),
            currency: texts(changed.map((one) => one.price.currency)),
            version: ints(changed.map((one) => one.version))
          })}
          WHERE p.organization_id = changed.organization_id AND p.product_id = changed.product_id`)
      )

    const page: ProductRepository["Service"]["page"] = Effect.fnUntraced(function* (organizationId, filter) {
      const ofSku = filter.sku === undefined ? sql.literal("true") : sql`sku = ${filter.sku}`
      const older = filter.after === undefined ? sql.literal("true") : sql`product_id < ${filter.after}`
      const rows = yield* all(sql`
        SELECT ${columns} FROM products
        WHERE organization_id = ${organizationId} AND ${ofSku} AND ${older}
        ORDER BY product_id DESC LIMIT ${filter.limit}`)
      return rows.map(product)
    })

    const walk: ProductRepository["Service"]["walk"] = Effect.fnUntraced(function* (organizationId, { after, limit }) {
      const newer = after === undefined ? sql.literal("true") : sql`product_id > ${after}`
      const rows = yield* stocked(sql`
        SELECT ${columns}, (SELECT coalesce(sum(b.on_hand), 0)::bigint FROM inventory_balances b
          WHERE b.organization_id = p.organization_id AND b.product_id = p.product_id) AS on_hand
        FROM products p
        WHERE organization_id = ${organizationId} AND ${newer}
        ORDER BY product_id LIMIT ${limit}`)
      return rows.map((row) => ({ product: product(row), onHand: row.on_hand }))
    })

    const findAll: ProductRepository["Service"]["findAll"] = Effect.fnUntraced(function* (organizationId, wanted) {
      const rows = yield* catalogue(sql`
        SELECT p.organization_id, p.product_id, p.sku, p.price_minor, p.currency, p.version
        FROM ${batch("wanted", { product_id: uuids(wanted.productIds) })}
        JOIN products p ON p.organization_id = ${organizationId} AND p.product_id = wanted.product_id
        UNION
        SELECT p.organization_id, p.product_id, p.sku, p.price_minor, p.currency, p.version
        FROM ${batch("wanted", { sku: texts(wanted.skus) })}
        JOIN products p ON p.organization_id = ${organizationId} AND p.sku = wanted.sku`)
      return rows.map(catalogueProduct)
    })

    return ProductRepository.of({
      insert,
      insertAll,
      withSkus,
      lockBySku,
      find,
      lock,
      save,
      saveAll,
      page,
      walk,
      findAll,
      changesSince: makeChangesSince(sql)
    })
  })
)
