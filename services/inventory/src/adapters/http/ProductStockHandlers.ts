import { TemporarilyUnavailable } from "@valerix/http/contract"
import type { OrderId } from "@valerix/money-and-ids"
import { CurrentCorrelationId } from "@valerix/telemetry"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { BrowseInventory, type ProductStock } from "../../application/BrowseInventory.ts"
import { HoldProduct } from "../../application/HoldProduct.ts"
import { InventoryShortApi } from "../../contract/InventoryApi.ts"
import { NewerEpochProblem, ReservationDiffersProblem } from "../../contract/InventoryProblems.ts"
import { type OneProductBody, ProductStockPage } from "../../contract/ProductStockGroup.ts"
import { availableOf } from "../../domain/Balance.ts"
import type { ReservationDiffers } from "../../domain/InventoryErrors.ts"
import { doneOrProblem } from "./OutcomeProblems.ts"
import { productNotFoundProblem, productReference } from "./References.ts"

/** How many lines a refusal lists of an order that was not reserved here. */
const HELD_SHOWN_MAX = 20

/** Stock, and reserving and releasing for orders of one product. */
export const layerInventoryShortHandlers = HttpApiBuilder.group(
  InventoryShortApi,
  "product-stock",
  Effect.fnUntraced(function* (handlers) {
    const browse = yield* BrowseInventory
    const hold = yield* HoldProduct

    const find = Effect.fnUntraced(function* (named: string) {
      const { organizationId } = yield* CurrentTenant
      return yield* browse
        .stockOf(organizationId, productReference(named))
        .pipe(Effect.mapError(productNotFoundProblem))
    })
    const stock = (named: string) => Effect.map(find(named), (found) => ({ product_id: named, ...stockView(found) }))

    const oneProduct = Effect.fnUntraced(function* ({ order_id: orderId, product_id, quantity }: Body) {
      const { organizationId } = yield* CurrentTenant
      const { product } = yield* find(product_id)
      const correlationId = yield* CurrentCorrelationId
      return { organizationId, orderId, productId: product.productId, quantity, correlationId }
    })

    const differs = Effect.fnUntraced(function* (orderId: OrderId, { held }: ReservationDiffers) {
      const { organizationId } = yield* CurrentTenant
      const lines = yield* Effect.forEach(held.slice(0, HELD_SHOWN_MAX), ({ productId, quantity }) =>
        browse.product(organizationId, { _tag: "ById", productId }).pipe(
          Effect.map(({ sku }) => ({ product_id: sku, quantity })),
          Effect.catch(() => Effect.succeed({ product_id: productId, quantity }))
        )
      )
      const names = lines.map(({ product_id, quantity }) => `${quantity} of ${product_id}`).join(", ")
      return yield* new ReservationDiffersProblem({
        detail: lines.length === 0 ? "It holds nothing." : `It holds ${names}.`,
        order_id: orderId,
        held: lines
      })
    })

    return handlers.handleAll({
      listStock: Effect.fnUntraced(function* ({ query }) {
        const { organizationId } = yield* CurrentTenant
        const page = { after: query.cursor?.[0], limit: query.limit + 1 }
        const stocks = yield* browse.stocks(organizationId, page)
        const { data, next_cursor } = ProductStockPage.of(
          stocks,
          query.limit,
          ({ product }) => [product.productId] as const
        )
        return { data: data.map(listedView), next_cursor }
      }),

      getStock: ({ params }) => stock(params.product_id),

      reserveProduct: Effect.fnUntraced(function* ({ payload }) {
        const { order_id: orderId, product_id: named } = payload
        const outcome = yield* hold
          .reserve(yield* oneProduct(payload))
          .pipe(Effect.catchTag("ReservationDiffers", (error) => differs(orderId, error)))
        yield* doneOrProblem(orderId, outcome)
        return yield* stock(named)
      }),

      releaseProduct: Effect.fnUntraced(function* ({ payload }) {
        const { order_id: orderId, product_id: named } = payload
        const outcome = yield* hold
          .release(yield* oneProduct(payload))
          .pipe(Effect.catchTag("ReservationDiffers", (error) => differs(orderId, error)))
        if (outcome?._tag === "Cancelled") return yield* new NewerEpochProblem({ order_id: orderId })
        if (outcome?._tag !== "Done") return yield* new TemporarilyUnavailable()
        return yield* stock(named)
      })
    })
  })
)

type Body = typeof OneProductBody.Type

const stockView = ({ onHand, reserved }: ProductStock) => ({ stock: availableOf({ onHand, reserved }), reserved })

const listedView = (found: ProductStock) => ({
  product_id: found.product.sku,
  name: found.product.name,
  price: found.product.price,
  ...stockView(found)
})
