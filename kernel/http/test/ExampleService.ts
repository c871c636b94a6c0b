import { DatabaseUnavailable } from "@valerix/database"
import { layerApiServer, type Probe } from "@valerix/http"
import { Problem, TenantScope, withProblems } from "@valerix/http/contract"
import { Paged } from "@valerix/http/paging"
import { makeOrderId, OrderId, Quantity } from "@valerix/money-and-ids"
import { CurrentCorrelationId, layerLogging } from "@valerix/telemetry"
import { CurrentTenant } from "@valerix/tenancy"
import { Context, Effect, Layer, Queue, Schema } from "effect"
import { HttpServer } from "effect/http"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"

export class OrderNotFound extends Problem<OrderNotFound>()("OrderNotFound", {
  code: "order_not_found",
  status: 404,
  title: "There is no such order.",
  members: { order_id: OrderId }
}) {}

const PlaceOrder = Schema.Struct({
  note: Schema.optionalKey(Schema.String),
  metadata: Schema.optionalKey(Schema.Json),
  items: Schema.NonEmptyArray(Schema.Struct({ sku: Schema.NonEmptyString, quantity: Quantity }))
})

const OrderView = Schema.Struct({ id: OrderId, status: Schema.Literals(["PENDING", "CONFIRMED"]) })
export const OrderPage = Paged(OrderView, Schema.Tuple([Schema.String, OrderId]))

const OrdersGroup = HttpApiGroup.make("orders")
  .add(
    HttpApiEndpoint.post("placeOrder", "/orders", {
      headers: { "idempotency-key": Schema.NonEmptyString },
      payload: PlaceOrder,
      success: OrderView.pipe(HttpApiSchema.status(202))
    }),
    HttpApiEndpoint.get("getOrder", "/orders/:order_id", {
      params: { order_id: OrderId },
      success: OrderView,
      error: OrderNotFound
    }),
    HttpApiEndpoint.get("listOrders", "/orders", {
      query: { ...OrderPage.query, search: Schema.optionalKey(Schema.String) },
      success: OrderPage.success
    }),
    HttpApiEndpoint.get("tenant", "/tenant", {
      success: Schema.Struct({ organization_id: Schema.String, principal: Schema.String })
    })
  )
  .middleware(TenantScope)

const FaultsGroup = HttpApiGroup.make("faults").add(
  HttpApiEndpoint.get("correlation", "/correlation", { success: Schema.Struct({ id: Schema.String }) }),
  HttpApiEndpoint.get("echo", "/echo", {
    query: { text: Schema.String },
    success: Schema.Struct({ text: Schema.String })
  }),
  HttpApiEndpoint.get("defect", "/defect", { success: Schema.String }),
  HttpApiEndpoint.get("database", "/database", { success: Schema.String }),
  HttpApiEndpoint.get("never", "/never", { success: Schema.String }),
  HttpApiEndpoint.get("gate", "/gate", { success: Schema.String }),
  HttpApiEndpoint.get("unencodable", "/unencodable", { success: OrderView })
)

export const ExampleApi = HttpApi.make("example").add(OrdersGroup).add(FaultsGroup).prefix("/api/v1").pipe(withProblems)

/**
 * Lets a test hold requests in their handler: `entered` tells of each that is there, `open` lets one go, and `left` tells
 * of each that was given up.
 */
export class Gate extends Context.Service<
  Gate,
  { readonly entered: Queue.Queue<void>; readonly open: Queue.Queue<void>; readonly left: Queue.Queue<void> }
>()("@valerix/http/test/Gate") {
  static readonly layer = Layer.effect(
    Gate,
    Effect.gen(function* () {
      return {
        entered: yield* Queue.unbounded<void>(),
        open: yield* Queue.unbounded<void>(),
        left: yield* Queue.unbounded<void>()
      }
    })
  )
}

const OrdersHandlers = HttpApiBuilder.group(ExampleApi, "orders", (handlers) =>
  handlers.handleAll({
    placeOrder: () => Effect.succeed({ id: makeOrderId(), status: "PENDING" as const }),
    getOrder: ({ params }) =>
      Effect.fail(new OrderNotFound({ order_id: params.order_id, detail: "It was never placed." })),
    listOrders: ({ query }) => {
      const after = query.cursor === undefined ? 0 : Number(query.cursor[0]) + 1
      const items = Array.from({ length: 3 }, (_, index) => ({ id: makeOrderId(), status: "PENDING" as const, index }))
      return Effect.succeed(
        OrderPage.of(items.slice(after, after + query.limit + 1), query.limit, ({ id, index }) => [String(index), id])
      )
    },
    tenant: () =>
      Effect.map(CurrentTenant, ({ organizationId, principal }) => ({ organization_id: organizationId, principal }))
  })
)

const FaultsHandlers = HttpApiBuilder.group(ExampleApi, "faults", (handlers) =>
  handlers.handleAll({
    correlation: Effect.fnUntraced(function* () {
      yield* Effect.logInfo("was asked for the correlation id")
      return { id: (yield* CurrentCorrelationId) ?? "none" }
    }),
    echo: ({ query }) => Effect.succeed({ text: query.text }),
    defect: () => Effect.die(new Error("SELECT secret FROM /srv/app.ts")),
    database: () =>
      Effect.die(
        new Error("the repository failed", {
          cause: new DatabaseUnavailable({ reason: "ConnectionError", cause: undefined })
        })
      ),
    never: () => Effect.never,
    gate: Effect.fnUntraced(function* () {
      const gate = yield* Gate
      yield* Queue.offer(gate.entered, undefined)
      yield* Effect.onInterrupt(Queue.take(gate.open), () => Queue.offer(gate.left, undefined))
      return "through"
    }),
    unencodable: () =>
      Effect.succeed({ id: OrderId.make("not an id", { disableChecks: true }), status: "PENDING" as const })
  })
)

/** The lines that a service under test logged, as they were written. */
export class LogLines extends Context.Service<LogLines, Array<string>>()("@valerix/http/test/LogLines") {}

const lines: Array<string> = []

interface ExampleOptions {
  readonly allowsLocalPages?: boolean
  readonly port?: number
  readonly probes?: ReadonlyArray<Probe>
  readonly handlingMaxMs?: number
  readonly limits?: { readonly headersMaxMs: number; readonly requestMaxMs: number; readonly stopMaxMs: number }
}

/** A small service on a free port. */
export const layerExample = (options: ExampleOptions = {}) =>
  layerApiServer(ExampleApi, Layer.merge(OrdersHandlers, FaultsHandlers), {
    service: "example",
    port: 0,
    portVariable: "EXAMPLE_PORT",
    probes: [],
    ...options
  }).pipe(
    Layer.provideMerge(Gate.layer),
    Layer.provide(
      layerLogging({
        service: "example",
        output: { write: (text) => lines.push(text), isTerminal: false, coloured: false }
      })
    ),
    Layer.provideMerge(Layer.succeed(LogLines, lines))
  )

/** Where the service under test listens, `http://127.0.0.1:41234`. */
export const baseUrl = HttpServer.addressFormattedWith(Effect.succeed)
