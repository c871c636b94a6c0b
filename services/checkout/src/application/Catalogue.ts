import { type CatalogueCursor, type CatalogueProduct, ProductCatalogue } from "@valerix/inventory/contract"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Context, Data, Effect, Layer, Schedule } from "effect"
import type { ProductName } from "../domain/OrderRequest.ts"
import { nameKey, namesOf, type Wanted, wantedOf } from "./ProductNames.ts"
import { CatalogueCopy } from "./ports/CatalogueCopy.ts"
import { RecentProducts } from "./RecentProducts.ts"

export interface CatalogueOptions {
  /** How often the copy follows the changes of inventory. */
  readonly refreshIntervalMs: number
  readonly downstreamLimitMs: number
  /** How many products the process holds in memory; beyond it the least recently used are read again. */
  readonly productsMax: number
  /** For how many organizations changes are asked for at a time. */
  readonly organizationsPerPage: number
}

/** A product was never seen before, and inventory does not say now whether there is one. */
export class CatalogueUnavailable extends Data.TaggedError("CatalogueUnavailable")<{ readonly reason: string }> {}

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
    ) => Effect.Effect<(name: ProductName) => CatalogueProduct | undefined, CatalogueUnavailable>
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
          const found = yield* inventory.find(organizationId, missing).pipe(
            Effect.timeoutOrElse({
              duration: options.downstreamLimitMs,
              orElse: () =>
                Effect.fail(new CatalogueUnavailable({ reason: `no answer in ${options.downstreamLimitMs} ms` }))
            }),
            Effect.catchDefect((defect) =>
              Effect.andThen(
                Effect.logWarning("Inventory could not be asked for a product", defect),
                new CatalogueUnavailable({ reason: "inventory is away" })
              )
            )
          )
          if (found.length > 0) yield* copy.keep(found)
          return found
        })

        const lookUp = Effect.fnUntraced(function* (organizationId: OrganizationId, names: ReadonlyArray<ProductName>) {
          // Kept beside the memory, which may forget a product again before the last of its order is found.
          const found = new Map<string, CatalogueProduct>()
          const missing = () => names.filter((name) => !found.has(nameKey(name)))
          const take = (products: ReadonlyArray<CatalogueProduct>) => {
            memory.keep(products)
            for (const product of products) {
              for (const name of namesOf(product)) {
                found.set(nameKey(name), memory.find(organizationId, name) ?? product)
              }
            }
          }
          for (const name of names) {
            const product = memory.find(organizationId, name)
            if (product !== undefined) found.set(nameKey(name), product)
          }
          if (missing().length > 0) {
            yield* Effect.gen(function* () {
              take(yield* copy.find(organizationId, wantedOf(missing())))
              if (missing().length > 0) take(yield* askInventory(organizationId, wantedOf(missing())))
            }).pipe(memory.whileMeeting(organizationId))
          }
          return (name: ProductName) => found.get(nameKey(name))
        })

        /** Follows the changes of some organizations to their end, and gives the cursor there. */
        const followSome = Effect.fnUntraced(function* (
          organizations: ReadonlyArray<OrganizationId>,
          from: CatalogueCursor | undefined
        ) {
          let reached = from
          for (let isLast = false; !isLast; ) {
            const changes = yield* inventory
              .changesSince(organizations, reached)
              .pipe(Effect.timeout(options.downstreamLimitMs))
            if (changes.products.length > 0) {
              yield* copy.keep(changes.products)
              memory.renew(changes.products)
            }
            reached = changes.cursor
            isLast = changes.isLast
          }
          return reached
        })

        let cursor: CatalogueCursor | undefined
        /**
         * One round through all organizations of the copy, page by page, each from the cursor of the round before. The next
         * round goes on where the first page of this one ended: the others were read later, so they came at least as far.
         * An organization that is new to the copy may have missed its page, so all whose products were looked up until that
         * first page had ended, and a little later, are asked about as well before the cursor is moved.
         */
        const followChanges = Effect.gen(function* () {
          const { organizationsPerPage } = options
          memory.noteMeetings()
          let reached: CatalogueCursor | undefined
          let after: OrganizationId | undefined
          for (;;) {
            const page = yield* copy.organizations(after, organizationsPerPage)
            if (page.length === 0) break
            const end = yield* followSome(page, cursor)
            reached ??= end
            after = page.at(-1)
          }
          if (reached === undefined) return
          const met = memory.metSinceNoted()
          for (let at = 0; at < met.length; at += organizationsPerPage) {
            yield* followSome(met.slice(at, at + organizationsPerPage), cursor)
          }
          cursor = reached
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
