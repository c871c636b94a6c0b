import { assert, describe, it, layer } from "@effect/vitest"
import { Validator } from "@seriousme/openapi-schema-validator"
import { openApiOf } from "@valerix/http"
import { OrdersInternalApi } from "@valerix/orders/contract"
import { PaymentsInternalApi } from "@valerix/payments/contract"
import { gremlinApi } from "@valerix/resilience"
import { Contract, type Exchange } from "@valerix/testing/contract"
import { Effect, Schedule } from "effect"
import { PublicApi } from "../src/PublicApi.ts"
import { InventoryServiceApi, OrderServiceApi, PaymentServiceApi } from "../src/ShortApis.ts"
import { InventoryAloneApi } from "../src/SingleService.ts"
import { layerTestProgram, TestProgram, testCheckout, testTopology } from "./support/TestProgram.ts"

const DOCUMENTS = {
  "the public door": openApiOf(PublicApi),
  orders: openApiOf(OrdersInternalApi),
  inventory: openApiOf(InventoryAloneApi),
  payments: openApiOf(PaymentsInternalApi),
  "the order service": openApiOf(OrderServiceApi),
  "the inventory service": openApiOf(InventoryServiceApi.addHttpApi(gremlinApi(["reserve", "release"]))),
  "the payment service": openApiOf(PaymentServiceApi.addHttpApi(gremlinApi(["authorize", "capture", "settle"])))
}

describe("the description of the HTTP API", () => {
  it.each(Object.entries(DOCUMENTS))("of %s is valid OpenAPI 3.1", async (_, document) => {
    const validator = new Validator()
    const { errors, valid } = await validator.validate(structuredClone({ ...document }))
    assert.isTrue(valid, JSON.stringify(errors))
    assert.strictEqual(validator.version, "3.1")
  })

  it.each(Object.entries(DOCUMENTS))(
    "of %s says of every operation what it does and what comes of it",
    (_, document) => {
      for (const { method, operation, path } of new Contract(document).operations) {
        assert.match(operation.summary ?? "", /^[A-Z][a-z ]+$/, `${method} ${path}`)
        for (const parameter of operation.parameters.filter((one) => one.in === "header"))
          assert.isNotEmpty(parameter.description, `${method} ${path} ${parameter.name}`)
        for (const [status, answer] of Object.entries(operation.responses)) {
          assert.isNotEmpty(answer.description)
          assert.property(answer.headers, "X-Correlation-ID")
          if (status === "503") assert.property(answer.headers, "Retry-After")
        }
      }
    }
  )

  it("tells which headers placing an order takes and answers", () => {
    const operation = DOCUMENTS["the public door"].paths["/api/v1/orders"]?.post
    assert.deepStrictEqual(
      operation?.parameters.map(({ name, required }) => [name, required]),
      [
        ["Idempotency-Key", true],
        ["Prefer", false],
        ["X-Organization-ID", false],
        ["X-Correlation-ID", false]
      ]
    )
    const headersOf = (status: number) => Object.keys(operation?.responses[status]?.headers ?? {})
    for (const status of [201, 202]) assert.includeMembers(headersOf(status), ["Location", "Idempotency-Replayed"])
    assert.includeMembers(headersOf(409), ["Retry-After", "Idempotency-Replayed"])
  })
})

/** What cannot be brought about from outside by asking: faults of ours, and what depends on the moment. */
const LEFT_OUT = / (500|503|408) |request_in_progress|order_failed/

const NOBODY = "01900000-0000-7000-8000-0000000000ff"
const TOO_LARGE = " ".repeat(2_000_000)

const examplesOf = ({ operations }: Contract, operationId: string) => {
  const { operation } = operations.find((one) => one.operation.operationId === operationId) ?? {}
  return operation?.requestBody?.content["application/json"]?.examples ?? {}
}

/** An order whose step fails waits long enough for an operator to come. */
const { orchestrator } = testCheckout()
const patient = testTopology({
  checkout: testCheckout({ orchestrator: { ...orchestrator, retryDelaysMs: [3_600_000] } })
})
const ACTIONS = ["retry", "compensate", "park", "resume"] as const
const LONG_AGO = { reason: "Too late", version: "0-AUTHORIZED-0-0" }

layer(layerTestProgram(patient), { excludeTestServices: true, timeout: "120 seconds" })("the public door", (it) => {
  it.effect("answers everything that its description says, and nothing else", () =>
    Effect.gen(function* () {
      const { client, owner, url } = yield* TestProgram
      const contract = new Contract(openApiOf(PublicApi))
      const seen = new Set<string>()

      const send = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
        Effect.promise(async () => {
          const answer = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
          const exchange: Exchange = {
            method,
            path,
            status: answer.status,
            contentType: answer.headers.get("content-type"),
            body: await answer.json()
          }
          seen.add(contract.nameOf(exchange))
          return exchange
        })
      const json = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
        send(method, path, { "content-type": "application/json", ...headers }, JSON.stringify(body))
      const place = (key: string, body: unknown, wait = 10) =>
        json("POST", "/api/v1/orders", body, {
          "idempotency-key": key,
          ...(wait === 0 ? {} : { prefer: `wait=${wait}` })
        })

      for (const { method, path, takesBody } of contract.operations) {
        const there = path.replaceAll(/\{[^}]+\}/g, NOBODY)
        const type = { "content-type": "application/json", "idempotency-key": "any" }
        yield* send(method, there, { ...type, "x-organization-id": "nobody" }, takesBody ? "{}" : undefined)
        if (!takesBody) continue
        yield* send(method, there, type, "{")
        yield* send(method, there, type, TOO_LARGE)
        yield* send(method, there, { ...type, "content-type": "text/plain" }, "{}")
      }

      const tea = { sku: "PROD-001", name: "Tea pot", price: { amount: "19.99", currency: "EUR" }, initial_stock: 10 }
      yield* json("POST", "/api/v1/inventory/products", tea)
      yield* json("POST", "/api/v1/inventory/products", tea)
      yield* send("GET", "/api/v1/inventory/products")
      for (const product of ["PROD-001", NOBODY]) {
        const path = `/api/v1/inventory/products/${product}`
        yield* send("GET", path)
        yield* send("GET", `${path}/availability`)
        yield* json("PATCH", path, { name: "Tea pot, blue" })
        for (const quantity of [1, 1, 2]) {
          yield* json("POST", `${path}/stock`, { quantity, reason: "correction" }, { "idempotency-key": "add" })
        }
      }

      for (const [name, { value }] of Object.entries(examplesOf(contract, "orders.placeOrder"))) {
        assert.strictEqual((yield* place(`example-${name}`, value)).status, name === "declined" ? 402 : 201)
      }
      yield* place("later", { product_id: "PROD-001", quantity: 1 }, 0)
      yield* place("later", { product_id: "PROD-001", quantity: 2 }, 0)
      yield* place("unknown", { product_id: "NOTHING", quantity: 1 })
      yield* json("POST", "/api/v1/orders", { product_id: "PROD-001", quantity: 1 })
      const tooMany = yield* place("too-many", { product_id: "PROD-001", quantity: 1_000 })
      const failed = String(Reflect.get(Object(tooMany.body), "order_id"))
      const confirmed = yield* place("cancelled", { product_id: "PROD-001", quantity: 1 })
      const cancelled = String(Reflect.get(Object(confirmed.body), "id"))
      yield* send("PUT", `/api/v1/orders/${cancelled}/cancel`)
      yield* client
        .ended(cancelled)
        .pipe(
          Effect.repeat({ schedule: Schedule.spaced(20), until: ({ ledger_status }) => ledger_status === "FAILED" }),
          Effect.timeout("30 seconds")
        )
      yield* place("cancelled", { product_id: "PROD-001", quantity: 1 })
      for (const order of [cancelled, failed, NOBODY]) {
        yield* send("PUT", `/api/v1/orders/${order}/cancel`)
        yield* send("GET", `/api/v1/orders/${order}`)
        yield* send("GET", `/api/v1/orders/${order}/timeline`)
        yield* send("GET", `/api/v1/sales-orders/${order}`)
      }

      yield* owner("inventory")`REVOKE INSERT ON inventory_reservations FROM inventory_service`
      const stuck = String(
        Reflect.get(Object((yield* place("stuck", { product_id: "PROD-001", quantity: 1 }, 0)).body), "id")
      )
      const saga = Effect.map(send("GET", `/api/v1/sagas/${stuck}`), ({ body }) => Reflect.get(Object(body), "saga"))
      const untilIn = (state: string) =>
        Effect.repeat(saga, { schedule: Schedule.spaced(20), until: (one) => one.state === state })
      const act = (action: (typeof ACTIONS)[number], more = {}) =>
        Effect.flatMap(saga, ({ version }) =>
          json("POST", `/api/v1/sagas/${stuck}/${action}`, { reason: "It is known", version, ...more })
        )
      yield* untilIn("WAITING")
      for (const path of ["/api/v1/sagas", `/api/v1/sagas/${NOBODY}`]) yield* send("GET", path)
      for (const action of ACTIONS) {
        yield* json("POST", `/api/v1/sagas/${stuck}/${action}`, LONG_AGO)
        yield* json("POST", `/api/v1/sagas/${NOBODY}/${action}`, LONG_AGO)
        yield* json("POST", `/api/v1/sagas/${action}`, { reason: "How many?", filter: { min_age_s: 0 }, dry_run: true })
        for (const { value } of Object.values(examplesOf(contract, `sagas.${action}Sagas`))) {
          assert.strictEqual((yield* json("POST", `/api/v1/sagas/${action}`, value)).status, 200)
        }
        for (const { value } of Object.values(examplesOf(contract, `sagas.${action}Saga`))) {
          assert.strictEqual((yield* json("POST", `/api/v1/sagas/${stuck}/${action}`, value)).status, 409)
        }
      }
      for (const action of ["retry", "park", "resume", "compensate"] as const) {
        if (action === "retry" || action === "park") yield* untilIn("WAITING")
        assert.strictEqual((yield* act(action, { dry_run: action === "retry" })).status, 200, action)
        if (action === "resume") yield* untilIn("WAITING")
      }
      yield* untilIn("ENDED")
      for (const action of ACTIONS) assert.strictEqual((yield* act(action)).status, 409)
      yield* owner("inventory")`GRANT INSERT ON inventory_reservations TO inventory_service`

      const payments = yield* send("GET", "/api/v1/payments")
      const [payment] = Reflect.get(Object(payments.body), "data")
      for (const id of [payment.payment_id, NOBODY]) yield* send("GET", `/api/v1/payments/${id}`)
      for (const list of ["orders", "sales-orders", "inventory/balances", "inventory/transactions", "verify"]) {
        yield* send("GET", `/api/v1/${list}`)
      }

      assert.deepStrictEqual(
        contract.documented.filter((name) => !seen.has(name) && !LEFT_OUT.test(name)),
        []
      )
    })
  )

  it.effect("gives the description that it was held against", () =>
    Effect.gen(function* () {
      const { client } = yield* TestProgram
      const { body } = yield* client.call("GET", "/openapi.json")
      assert.deepStrictEqual(body, JSON.parse(JSON.stringify(openApiOf(PublicApi))))
    })
  )
})
