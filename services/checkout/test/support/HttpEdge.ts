import { layerApi, layerServer } from "@valerix/http"
import type { OrganizationId } from "@valerix/money-and-ids"
import { DateTime, Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { OrdersHandlers } from "../../src/adapters/http/OrdersHandlers.ts"
import { SagasHandlers } from "../../src/adapters/http/SagasHandlers.ts"
import { ShortOrdersHandlers } from "../../src/adapters/http/ShortOrdersHandlers.ts"
import { AcceptOrders } from "../../src/application/AcceptOrders.ts"
import { CancelOrder } from "../../src/application/CancelOrder.ts"
import { Catalogue } from "../../src/application/Catalogue.ts"
import { FindSagas } from "../../src/application/FindSagas.ts"
import { OperateSagas } from "../../src/application/OperateSagas.ts"
import { PlaceOrder } from "../../src/application/PlaceOrder.ts"
import { WatchOrders } from "../../src/application/WatchOrders.ts"
import { CheckoutApi, CheckoutShortApi } from "../../src/contract/index.ts"
import { LEASE_MS } from "./Orders.ts"
import { Participants } from "./Participants.ts"
import { makeKey, makeOrganization } from "./Samples.ts"

const LIMIT_MS = 60_000

/** The door's other group, which these tests do not go through. */
const NoVerify = HttpApiBuilder.group(CheckoutApi, "verify", (handlers) =>
  handlers.handleAll({
    verify: () =>
      Effect.map(DateTime.now, (checked_at) => ({
        clean: true,
        organizations: 0,
        orders: 0,
        checked_at,
        findings: [],
        next_cursor: null
      }))
  })
)

const UseCases = () =>
  Layer.mergeAll(
    PlaceOrder.layer({
      batchMax: 64,
      batchWeightMax: 10_000,
      concurrentBatches: 1,
      waitingMax: 1,
      waitingWeightMax: 10_000
    }).pipe(
      Layer.provide([
        AcceptOrders.layer({ leaseMs: LEASE_MS, downstreamLimitMs: LIMIT_MS, lookAgainLimitMs: 200 }),
        Catalogue.layer({
          refreshIntervalMs: LIMIT_MS,
          downstreamLimitMs: LIMIT_MS,
          productsMax: 1_000,
          organizationsPerPage: 2
        })
      ])
    ),
    CancelOrder.layer,
    WatchOrders.layer({ intervalMs: 2, watchedMax: 1_000 }),
    FindSagas.layer,
    OperateSagas.layer
  )

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: Readonly<Record<string, unknown>>
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** An edge on a port of its own, and an organization with the sample products that speaks to it. */
export const httpEdge = Effect.gen(function* () {
  const { catalogue } = yield* Participants
  const organizationId = makeOrganization()
  catalogue.offerSamples(organizationId)
  const server = layerServer(
    Layer.merge(
      layerApi(CheckoutApi, Layer.mergeAll(OrdersHandlers, SagasHandlers, NoVerify)),
      layerApi(CheckoutShortApi, ShortOrdersHandlers)
    ).pipe(Layer.provide(UseCases())),
    { service: "checkout", port: 0 }
  )
  const context = yield* Layer.build(Layer.fresh(server))
  const base = yield* Effect.provide(HttpServer.addressFormattedWith(Effect.succeed), context)

  /** Asks under no prefix: the short form of orders. */
  const sendShort = (
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string>; by?: OrganizationId } = {}
  ) =>
    Effect.promise(async (): Promise<Answer> => {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          "x-organization-id": options.by ?? organizationId,
          ...(options.body === undefined ? {} : { "content-type": "application/json" }),
          ...options.headers
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) })
      })
      const json: unknown = await response.json()
      return { status: response.status, headers: response.headers, json: isRecord(json) ? json : {} }
    })

  const send: typeof sendShort = (method, path, options) => sendShort(method, `/api/v1${path}`, options)

  const place = (
    options: { key?: string; body?: unknown; headers?: Record<string, string>; by?: OrganizationId } = {}
  ) =>
    send("POST", "/orders", {
      body: options.body ?? SHORT_FORM,
      headers: { "idempotency-key": options.key ?? makeKey(), ...options.headers },
      ...(options.by === undefined ? {} : { by: options.by })
    })

  return { organizationId, send, sendShort, place }
})

export const SHORT_FORM = { product_id: "MUG-1", quantity: 3 }
