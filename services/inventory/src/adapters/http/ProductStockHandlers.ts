import { TemporarilyUnavailable } from "@valerix/http"
import { CurrentCorrelationId } from "@valerix/telemetry"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { BrowseInventory } from "../../application/BrowseInventory.ts"
import { InventoryInternalApi } from "../../contract/InventoryApi.ts"
import { InventoryCommands } from "../../contract/InventoryCommands.ts"
import { availableOf } from "../../domain/Balance.ts"
import { doneOrProblem } from "./OutcomeProblems.ts"
import { productNotFoundProblem, productReference } from "./References.ts"

/** Reserving and releasing for orders of one line. An order is known by its id alone: releasing gives back all that it holds. */
export const layerProductStockHandlers = HttpApiBuilder.group(
  InventoryInternalApi,
  "product-stock",
  Effect.fnUntraced(function* (handlers) {
    const commands = yield* InventoryCommands
    const browse = yield* BrowseInventory

    const find = Effect.fnUntraced(function* (named: string) {
      const { organizationId } = yield* CurrentTenant
      return yield* browse
        .stockOf(organizationId, productReference(named))
        .pipe(Effect.mapError(productNotFoundProblem))
    })
    const stock = (named: string) =>
      Effect.map(find(named), ({ onHand, reserved }) => ({
        product_id: named,
        stock: availableOf({ onHand, reserved }),
        reserved
      }))

    return handlers.handleAll({
      getStock: ({ params }) => stock(params.product_id),

      reserveProduct: Effect.fnUntraced(function* ({ payload }) {
        const { order_id: orderId, product_id: named, quantity } = payload
        const { organizationId } = yield* CurrentTenant
        const { product } = yield* find(named)
        const correlationId = yield* CurrentCorrelationId
        const lines = [{ productId: product.productId, quantity }]
        const [outcome] = yield* commands.reserve([{ organizationId, orderId, epoch: 0, correlationId, lines }])
        yield* doneOrProblem(orderId, outcome)
        return yield* stock(named)
      }),

      releaseProduct: Effect.fnUntraced(function* ({ payload }) {
        const { order_id: orderId, product_id: named } = payload
        const { organizationId } = yield* CurrentTenant
        yield* find(named)
        const correlationId = yield* CurrentCorrelationId
        const [outcome] = yield* commands.release([{ organizationId, orderId, epoch: 0, correlationId }])
        if (outcome?._tag !== "Done" && outcome?._tag !== "Cancelled") return yield* new TemporarilyUnavailable()
        return yield* stock(named)
      })
    })
  })
)
