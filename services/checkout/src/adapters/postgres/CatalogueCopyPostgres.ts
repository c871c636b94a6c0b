import { batch, bigints, TenantDatabase, texts, uuids } from "@valerix/database"
import type { CatalogueProduct } from "@valerix/inventory/contract"
import { Currency, MinorUnits, OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { CatalogueCopy } from "../../application/ports/CatalogueCopy.ts"

const decodeProducts = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      organization_id: OrganizationId,
      product_id: ProductId,
      sku: Schema.String,
      price_minor: MinorUnits,
      currency: Currency,
      version: Schema.Int
    })
  )
)
const decodeOrganizations = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ organization_id: OrganizationId })))

const NIL = "00000000-0000-0000-0000-000000000000"

export const CatalogueCopyPostgres = Layer.effect(
  CatalogueCopy,
  Effect.gen(function* () {
    const database = yield* TenantDatabase
    const { sql } = database
    return CatalogueCopy.of({
      find: (organizationId, { productIds, skus }) =>
        database
          .transaction([organizationId])(
            Effect.flatMap(
              sql`
                SELECT organization_id, product_id, sku, price_minor, currency, version FROM catalogue
                WHERE organization_id = ${organizationId}::uuid AND product_id = ANY (${uuids(productIds).values}::uuid[])
                UNION
                SELECT organization_id, product_id, sku, price_minor, currency, version FROM catalogue AS named
                WHERE organization_id = ${organizationId}::uuid AND sku = ANY (${texts(skus).values}::text[])
                  AND NOT EXISTS (
                    SELECT FROM catalogue AS namesake
                    WHERE namesake.organization_id = named.organization_id AND namesake.sku = named.sku
                      AND namesake.product_id <> named.product_id)`,
              decodeProducts
            )
          )
          .pipe(
            Effect.orDie,
            Effect.map((rows) => rows.map(productOf))
          ),

      // What is known already is left out before it conflicts: a conflict locks the row, and so writes it.
      keep: (products) =>
        database
          .transaction(products.map((product) => product.organizationId))(
            sql`
              INSERT INTO catalogue AS held (organization_id, product_id, sku, price_minor, currency, version)
              SELECT DISTINCT ON (organization_id, product_id)
                organization_id, product_id, sku, price_minor, currency, version
              FROM ${batch("product", {
                organization_id: uuids(products.map((product) => product.organizationId)),
                product_id: uuids(products.map((product) => product.productId)),
                sku: texts(products.map((product) => product.sku)),
                price_minor: bigints(products.map((product) => product.priceMinor)),
                currency: texts(products.map((product) => product.currency)),
                version: bigints(products.map((product) => product.version))
              })}
              WHERE NOT EXISTS (
                SELECT FROM catalogue AS known
                WHERE known.organization_id = product.organization_id AND known.product_id = product.product_id
                  AND known.version >= product.version)
              ORDER BY organization_id, product_id, version DESC
              ON CONFLICT (organization_id, product_id) DO UPDATE SET
                sku = excluded.sku, price_minor = excluded.price_minor, currency = excluded.currency, version = excluded.version
              WHERE held.version < excluded.version`
          )
          .pipe(Effect.asVoid),

      organizations: (after, limit) =>
        database
          .withoutTenant(
            sql`
              SELECT organization_id
              FROM organizations_with_products(${after ?? NIL}::uuid, ${limit}::int) AS organization_id`
          )
          .pipe(
            Effect.flatMap(decodeOrganizations),
            Effect.orDie,
            Effect.map((rows) => rows.map((row) => row.organization_id))
          )
    })
  })
)

const productOf = (row: {
  readonly organization_id: OrganizationId
  readonly product_id: ProductId
  readonly sku: string
  readonly price_minor: MinorUnits
  readonly currency: Currency
  readonly version: number
}): CatalogueProduct => ({
  organizationId: row.organization_id,
  productId: row.product_id,
  sku: row.sku,
  priceMinor: row.price_minor,
  currency: row.currency,
  version: row.version
})
