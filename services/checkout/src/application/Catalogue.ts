import { type CatalogueCursor, type CatalogueProduct, ProductCatalogue } from "@valerix/inventory/contract"
import type { OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Context, Effect, Layer, Schedule } from "effect"
import type { ProductName } from "../domain/OrderRequest.ts"
import { CatalogueCopy } from "./ports/CatalogueCopy.ts"

export interface CatalogueOptions {
  /** How often the copy follows the changes of inventory. */
  readonly refreshIntervalMs: number
  readonly downstreamLimitMs: number
  /** How many products the process holds in memory; beyond it the least recently used are read again. */
  readonly productsMax: number
}

/**
 * What pricing knows of products: in memory, else in checkout's own copy, else asked of inventory. So accepting an order
 * waits for inventory only when a product was never seen before.
 */
export class Catalogue extends Context.Service<
  Catalogue,
  {
    /** Looks products up; gives a function that finds each by its name in the request. */
    readonly lookUp: (
      organizationId: OrganizationId,
      names: ReadonlyArray<ProductName>
    ) => Effect.Effect<(name: ProductName) => CatalogueProduct | undefined>
  }
>()("@valerix/checkout/Catalogue") {
  static readonly layer = (options: CatalogueOptions) =>
    Layer.effect(
      Catalogue,
      Effect.gen(function* () {
        const inventory = yield* ProductCatalogue
        const copy = yield* CatalogueCopy
        const memory = new RecentProducts(options.productsMax)

        const askInventory = Effect.fnUntraced(function* (organizationId: OrganizationId, missing: Wanted) {
          const found = yield* inventory
            .find(organizationId, missing)
            .pipe(Effect.timeout(options.downstreamLimitMs), Effect.orDie)
          if (found.length > 0) yield* copy.keep(found)
          return found
        })

        const lookUp = Effect.fnUntraced(function* (organizationId: OrganizationId, names: ReadonlyArray<ProductName>) {
          const missingFromMemory = wantedOf(names.filter((name) => memory.find(organizationId, name) === undefined))
          if (!isEmpty(missingFromMemory)) {
            memory.keep(yield* copy.find(organizationId, missingFromMemory))
            const missingFromCopy = wantedOf(names.filter((name) => memory.find(organizationId, name) === undefined))
            if (!isEmpty(missingFromCopy)) memory.keep(yield* askInventory(organizationId, missingFromCopy))
          }
          const found = new Map(names.map((name) => [nameKey(name), memory.find(organizationId, name)]))
          return (name: ProductName) => found.get(nameKey(name))
        })

        let cursor: CatalogueCursor | undefined
        const followChanges = Effect.gen(function* () {
          const organizations = new Set([...(yield* copy.organizations), ...memory.organizations()])
          if (organizations.size === 0) return
          for (let more = true; more; ) {
            const changes = yield* inventory
              .changesSince([...organizations], cursor)
              .pipe(Effect.timeout(options.downstreamLimitMs))
            more = changes.products.length > 0 && changes.cursor !== cursor
            cursor = changes.cursor
            if (changes.products.length > 0) {
              yield* copy.keep(changes.products)
              memory.keep(changes.products)
            }
          }
        })
        yield* followChanges.pipe(
          Effect.catchCause((cause) =>
            Effect.logDebug("The catalogue could not be refreshed and will be tried again", cause)
          ),
          Effect.repeat(Schedule.spaced(options.refreshIntervalMs)),
          Effect.forkScoped
        )

        return Catalogue.of({ lookUp })
      })
    )
}

interface Wanted {
  readonly productIds: ReadonlyArray<ProductId>
  readonly skus: ReadonlyArray<string>
}

const wantedOf = (names: ReadonlyArray<ProductName>): Wanted => ({
  productIds: [...new Set(names.flatMap((name) => (name._tag === "ById" ? [name.productId] : [])))],
  skus: [...new Set(names.flatMap((name) => (name._tag === "BySku" ? [name.sku] : [])))]
})

const isEmpty = (wanted: Wanted): boolean => wanted.productIds.length === 0 && wanted.skus.length === 0

const nameKey = (name: ProductName): string => (name._tag === "ById" ? `id ${name.productId}` : `sku ${name.sku}`)

/** The products that were priced lately, by id and by SKU, the least recently used first. */
class RecentProducts {
  private readonly byName = new Map<string, CatalogueProduct>()
  private readonly known = new Set<OrganizationId>()
  private readonly entriesMax: number

  constructor(productsMax: number) {
    this.entriesMax = productsMax * 2
  }

  find(organizationId: OrganizationId, name: ProductName): CatalogueProduct | undefined {
    const key = `${organizationId} ${nameKey(name)}`
    const product = this.byName.get(key)
    if (product === undefined) return undefined
    this.byName.delete(key)
    this.byName.set(key, product)
    return product
  }

  keep(products: ReadonlyArray<CatalogueProduct>): void {
    for (const product of products) {
      this.known.add(product.organizationId)
      this.put(`${product.organizationId} id ${product.productId}`, product)
      this.put(`${product.organizationId} sku ${product.sku}`, product)
    }
  }

  organizations(): Iterable<OrganizationId> {
    return this.known
  }

  private put(key: string, product: CatalogueProduct): void {
    const held = this.byName.get(key)
    if (held !== undefined && held.version > product.version) return
    this.byName.delete(key)
    this.byName.set(key, product)
    if (this.byName.size > this.entriesMax) {
      const [oldest] = this.byName.keys()
      if (oldest !== undefined) this.byName.delete(oldest)
    }
  }
}
