import { layerApi, layerServer } from "@valerix/http"
import { OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { HttpServer } from "effect/http"
import { OrdersApi, OrdersInternalApi } from "../../../src/contract/index.ts"
import { layerOrdersHandlers, layerOrdersInternalHandlers } from "../../../src/Orders.ts"
import { layerOrdersInDatabase } from "../../OrdersInDatabase.ts"

/** The service as it runs alone: both APIs on a free port, on a database of its own. */
export const layerOrdersServer = layerServer(
  Layer.mergeAll(layerApi(OrdersApi, layerOrdersHandlers), layerApi(OrdersInternalApi, layerOrdersInternalHandlers)),
  { service: "orders", port: 0 }
).pipe(Layer.provideMerge(layerOrdersInDatabase))

const Json = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
const readJson = Schema.decodeUnknownEffect(Json)

/** A client of one organization. Answers with status and body. */
export const client = Effect.fnUntraced(function* (organization: OrganizationId = OrganizationId.make(uuidV7())) {
  const base = yield* HttpServer.addressFormattedWith(Effect.succeed)
  const send = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
    const response = yield* Effect.promise(() =>
      fetch(`${base}${path}`, {
        method,
        headers: {
          "x-organization-id": organization,
          "x-correlation-id": "test-1",
          "content-type": "application/json"
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
    )
    const text = yield* Effect.promise(() => response.text())
    return { status: response.status, body: yield* Effect.orDie(readJson(text)) }
  })
  return { organization, send }
})

const PROSE: ReadonlySet<string> = new Set(["type", "status", "title", "detail", "correlation_id"])

/** What a caller acts on in a problem: its status, its code and its own members. */
export const problemOf = (answer: {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}): Readonly<Record<string, unknown>> => ({
  status: answer.status,
  ...Object.fromEntries(Object.entries(answer.body).filter(([member]) => !PROSE.has(member)))
})
