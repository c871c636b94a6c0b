import { layerApi, layerServer } from "@valerix/http"
import { makeOrderId, OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { HttpServer } from "effect/http"
import { InventoryApi, InventoryInternalApi, InventoryShortApi } from "../../../src/contract/index.ts"
import {
  layerInventoryHandlers,
  layerInventoryInternalHandlers,
  layerInventoryShortHandlers
} from "../../../src/Inventory.ts"
import { inventoryOnFreshDatabase } from "../../Fixtures.ts"

/** The service as it runs alone: both APIs on a free port, on a database of its own. */
export const inventoryServer = () =>
  layerServer(
    Layer.mergeAll(
      layerApi(InventoryApi, layerInventoryHandlers),
      layerApi(InventoryInternalApi, layerInventoryInternalHandlers),
      layerApi(InventoryShortApi, layerInventoryShortHandlers)
    ),
    { service: "inventory", port: 0 }
  ).pipe(Layer.provideMerge(inventoryOnFreshDatabase()))

const Json = Schema.Record(Schema.String, Schema.Unknown)
const readJson = Schema.decodeUnknownEffect(Schema.fromJsonString(Json))

/** A client of one organization. Answers with status, content type and body. */
export const client = Effect.fnUntraced(function* (organization: OrganizationId = OrganizationId.make(uuidV7())) {
  const base = yield* HttpServer.addressFormattedWith(Effect.succeed)
  const send = Effect.fnUntraced(function* (
    method: string,
    path: string,
    given: { readonly body?: unknown; readonly headers?: Record<string, string> } = {}
  ) {
    const response = yield* Effect.promise(() =>
      fetch(`${base}${path}`, {
        method,
        headers: { "x-organization-id": organization, "content-type": "application/json", ...given.headers },
        ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) })
      })
    )
    const body = yield* Effect.orDie(readJson(yield* Effect.promise(() => response.text())))
    return { status: response.status, type: response.headers.get("content-type") ?? "", body }
  })
  const createProduct = Effect.fnUntraced(function* (initialStock: number, sku = `SKU-${uuidV7()}`) {
    const price = { amount: "19.99", currency: "EUR" }
    const body = { sku, name: `Product ${sku}`, price, initial_stock: initialStock }
    const created = yield* send("POST", "/api/v1/inventory/products", { body })
    return { sku, productId: String(created.body.product_id) }
  })
  return { organization, send, createProduct, newOrderId: makeOrderId }
})

const PROSE: ReadonlySet<string> = new Set(["type", "status", "title", "detail", "correlation_id"])

/** What a caller acts on in a problem: its status, its code and its own members. */
export const problemOf = (answer: {
  readonly status: number
  readonly type: string
  readonly body: Readonly<Record<string, unknown>>
}): Readonly<Record<string, unknown>> => ({
  status: answer.status,
  isProblem: answer.type.startsWith("application/problem+json"),
  ...Object.fromEntries(Object.entries(answer.body).filter(([member]) => !PROSE.has(member)))
})
