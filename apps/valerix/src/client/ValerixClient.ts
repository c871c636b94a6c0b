import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { CheckoutApi } from "@valerix/checkout/contract"
import { ORGANIZATION_HEADER } from "@valerix/http/contract"
import { InventoryApi } from "@valerix/inventory/contract"
import { Effect, Option } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { answerOf, politely } from "./Asking.ts"
import { type ClientFlags, urlOf, withoutPassword } from "./ClientFlags.ts"

/** What the commands ask with. Unlike `fetch` it knows no ports that must not be asked. */
export const layerAsking = NodeHttpClient.layerNodeHttp

/** The typed client of a running Valerix, for one organization; `ask` makes a call of it. */
export const connect = Effect.fn("connect")(function* (flags: ClientFlags) {
  const baseUrl = yield* urlOf(flags)
  const url = withoutPassword(baseUrl)
  const client = yield* Effect.map(HttpClient.HttpClient, (client) =>
    politely(url)(
      HttpClient.mapRequest(client, (request) =>
        Option.match(flags.organization, {
          onNone: () => request,
          onSome: (organizationId) => HttpClientRequest.setHeader(request, ORGANIZATION_HEADER, organizationId)
        })
      )
    )
  )
  const options = { httpClient: client, baseUrl }
  const { orders } = yield* HttpApiClient.makeWith(CheckoutApi, options)
  const { inventory } = yield* HttpApiClient.makeWith(InventoryApi, options)
  return { url, orders, inventory, ask: answerOf(url) }
})

export type ValerixClient = Effect.Success<ReturnType<typeof connect>>
