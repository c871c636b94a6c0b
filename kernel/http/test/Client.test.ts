import { expect, layer } from "@effect/vitest"
import { ValidationError } from "@valerix/http/contract"
import { OrderId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { baseUrl, ExampleApi, layerExample, OrderNotFound } from "./ExampleService.ts"

const makeClient = Effect.gen(function* () {
  const base = yield* baseUrl
  return yield* HttpApiClient.make(ExampleApi, {
    transformClient: HttpClient.mapRequest(HttpClientRequest.prependUrl(base))
  })
}).pipe(Effect.provide(FetchHttpClient.layer))

layer(layerExample(), { excludeTestServices: true })("a generated client", (it) => {
  const id = OrderId.make("01900000-0000-7000-8000-00000000000a")

  it.effect("fails with the problem that the endpoint declares", () =>
    Effect.gen(function* () {
      const client = yield* makeClient
      const problem = yield* Effect.flip(client.orders.getOrder({ params: { order_id: id } }))
      expect(problem).toBeInstanceOf(OrderNotFound)
      expect(problem).toMatchObject({ code: "order_not_found", order_id: id, correlation_id: expect.any(String) })
    })
  )

  it.effect("fails with the fields at fault, and with a database that is away", () =>
    Effect.gen(function* () {
      const client = yield* makeClient
      const refused = yield* Effect.flip(client.orders.listOrders({ query: { limit: 1, search: "a\u0000b" } }))
      expect(refused).toBeInstanceOf(ValidationError)
      expect(refused).toMatchObject({ errors: [{ field: "query search", message: "must not have NUL characters" }] })
      const away = yield* Effect.flip(client.faults.database())
      expect(away).toMatchObject({ _tag: "TemporarilyUnavailable", code: "temporarily_unavailable" })
    })
  )
})
