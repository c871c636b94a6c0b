import { TenantTransactions } from "@valerix/tenancy"
import { Effect, Layer } from "effect"
import { ProductCatalogue } from "../contract/ProductCatalogue.ts"
import { ProductRepository } from "./ports/ProductRepository.ts"

const CHANGES_MAX = 1_000
const WANTED_MAX = 2_000

/** The catalogue for the services that keep a copy of it. */
export const layerProductCatalogue = Layer.effect(
  ProductCatalogue,
  Effect.gen(function* () {
    const transactions = yield* TenantTransactions
    const products = yield* ProductRepository
    return ProductCatalogue.of({
      find: Effect.fn("ProductCatalogue.find")(function* (organizationId, wanted) {
        if (wanted.productIds.length > WANTED_MAX || wanted.skus.length > WANTED_MAX) {
          return yield* Effect.die(new RangeError(`at most ${WANTED_MAX} ids and ${WANTED_MAX} SKUs at a time`))
        }
        return yield* transactions.run([organizationId])(products.findAll(organizationId, wanted))
      }),
      changesSince: Effect.fn("ProductCatalogue.changesSince")((organizations, cursor) =>
        transactions.run(organizations)(products.changesSince(cursor, CHANGES_MAX))
      )
    })
  })
)
