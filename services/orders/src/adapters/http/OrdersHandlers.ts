import { MinorUnits, type OrderId, type OrganizationId } from "@valerix/money-and-ids"
import { CurrentCorrelationId } from "@valerix/telemetry"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { GetSalesOrder } from "../../application/GetSalesOrder.ts"
import { SalesOrderNotFoundProblem } from "../../contract/OrderProblems.ts"
import { OrdersInternalApi } from "../../contract/OrdersApi.ts"
import { type CreateSalesOrder, type OrderCommand, OrdersCommands } from "../../contract/OrdersCommands.ts"
import type { CreateOrderBody } from "../../contract/OrdersGroup.ts"
import { createdOrProblem, movedOrProblem } from "./OutcomeProblems.ts"
import { orderView } from "./Views.ts"

/** The groups of OrdersInternalApi: the commands of an order's execution as HTTP, each a vector of one. */
export const layerOrdersInternalHandlers = HttpApiBuilder.group(
  OrdersInternalApi,
  "orders",
  Effect.fnUntraced(function* (handlers) {
    const commands = yield* OrdersCommands
    const getSalesOrder = yield* GetSalesOrder

    const read = (organizationId: OrganizationId, orderId: OrderId) =>
      Effect.mapBoth(getSalesOrder(organizationId, orderId), {
        onSuccess: orderView,
        onFailure: () => new SalesOrderNotFoundProblem({ order_id: orderId })
      })

    return handlers.handleAll({
      createOrder: Effect.fnUntraced(function* ({ payload }) {
        const order = creation(yield* commandFor(payload.order_ledger_id, payload.epoch), payload)
        const [outcome] = yield* commands.create([order])
        yield* createdOrProblem(order.orderId, outcome)
        return yield* Effect.orDie(read(order.organizationId, order.orderId))
      }),

      getOrder: Effect.fnUntraced(function* ({ params }) {
        const { organizationId } = yield* CurrentTenant
        return yield* read(organizationId, params.order_id)
      }),

      cancelOrder: Effect.fnUntraced(function* ({ params, query }) {
        const order = yield* commandFor(params.order_id, query.epoch)
        const [outcome] = yield* commands.cancel([order])
        yield* movedOrProblem(order.orderId, outcome)
        // An order that is not there is kept out from now on: "not found" is here to stay.
        return yield* read(order.organizationId, order.orderId)
      }),

      confirmOrder: Effect.fnUntraced(function* ({ params, query }) {
        const order = yield* commandFor(params.order_id, query.epoch)
        const [outcome] = yield* commands.confirm([order])
        yield* movedOrProblem(order.orderId, outcome)
        return yield* read(order.organizationId, order.orderId)
      })
    })
  })
)

const commandFor = Effect.fnUntraced(function* (orderId: OrderId, epoch = 0) {
  const { organizationId } = yield* CurrentTenant
  const command: OrderCommand = { organizationId, orderId, epoch, correlationId: yield* CurrentCorrelationId }
  return command
})

const creation = (command: OrderCommand, body: typeof CreateOrderBody.Type): CreateSalesOrder => ({
  ...command,
  customerId: body.user_id,
  currency: body.currency,
  totalMinor: MinorUnits.make(body.total_amount_cents),
  lines: body.items.map(({ product_id: productId, quantity, sku, unit_price_cents }) => ({
    productId,
    sku: sku ?? productId,
    quantity,
    unitPriceMinor: MinorUnits.make(unit_price_cents)
  })),
  adjustments: [],
  shippingAddress: undefined,
  externalReference: undefined
})
