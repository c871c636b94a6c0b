import { Currency, MinorUnits } from "@valerix/money-and-ids"
import { DEMO_ORGANIZATION_ID, LOCAL_PRINCIPAL } from "@valerix/tenancy"
import { Effect, Layer } from "effect"
import { CreateProduct } from "./application/CreateProduct.ts"

const PRICE = { amountMinor: MinorUnits.make(9_999), currency: Currency.make("EUR") }

const DEMO_PRODUCTS = [
  { sku: "PROD-001", name: "Tea pot", initialStock: 100 },
  { sku: "PROD-002", name: "Tea cup", initialStock: 50 },
  { sku: "PROD-003", name: "Tea caddy", initialStock: 25 }
]

/** Products of the demo organization to try orders with. What is there already stays as it is. */
export const layerDemoProducts: Layer.Layer<never, never, CreateProduct> = Layer.effectDiscard(
  Effect.gen(function* () {
    const createProduct = yield* CreateProduct
    for (const product of DEMO_PRODUCTS) {
      yield* createProduct({
        organizationId: DEMO_ORGANIZATION_ID,
        principal: LOCAL_PRINCIPAL,
        price: PRICE,
        ...product
      }).pipe(Effect.catchTag("DuplicateSku", () => Effect.void))
    }
  })
)
