import { assert } from "@effect/vitest"
import { makeOrderId, type OrderId } from "@valerix/money-and-ids"
import { LOCAL_PRINCIPAL } from "@valerix/tenancy"
import { Effect, Schema } from "effect"
import { advance, parkedFor, retryIn, worked } from "../../contract/SagaBench.ts"
import { promises } from "../../support/Bench.ts"
import { ledgerRow, queueRow, timelineOf } from "../../support/Books.ts"
import { type Answer, httpEdge } from "../../support/HttpEdge.ts"
import { accepted } from "../../support/Orders.ts"
import { newEntry, tenantOf } from "../../support/Samples.ts"

const NEVER_MS = 600_000

const Saga = Schema.Struct({
  order_id: Schema.String,
  status: Schema.String,
  state: Schema.String,
  step: Schema.NullOr(Schema.String),
  version: Schema.String,
  attempts: Schema.Int,
  park_reason: Schema.NullOr(Schema.String),
  next_retry_at: Schema.NullOr(Schema.String)
})
const pageOf = (answer: Answer) =>
  Schema.decodeUnknownSync(Schema.Struct({ data: Schema.Array(Saga), next_cursor: Schema.NullOr(Schema.String) }))(
    answer.json
  )
const sagaOf = (answer: Answer) => Schema.decodeUnknownSync(Schema.Struct({ saga: Saga }))(answer.json).saga
const idsOf = (answer: Answer) => pageOf(answer).data.map(({ order_id }) => order_id)
const faultsOf = (answer: Answer) => {
  const { errors } = Schema.decodeUnknownSync(
    Schema.Struct({ errors: Schema.Array(Schema.Struct({ field: Schema.String })) })
  )(answer.json)
  return [...new Set(errors.map(({ field }) => field))]
}
const Bulk = Schema.Struct({
  dry_run: Schema.Boolean,
  applied: Schema.Int,
  moved: Schema.Int,
  orders: Schema.Array(Schema.Struct({ order_id: Schema.String, result: Schema.String, state: Schema.String })),
  next_cursor: Schema.NullOr(Schema.String)
})
const bulkOf = (answer: Answer) => Schema.decodeUnknownSync(Bulk)(answer.json)

/** An edge with three orders of its organization: one waits before its reservation, one is parked, one is due. */
const edgeWithOrders = Effect.gen(function* () {
  const edge = yield* httpEdge
  const order = Effect.suspend(() => accepted(newEntry({ tenant: tenantOf(edge.organizationId) })))
  const waiting = (yield* order).orderId
  yield* worked(waiting, advance("ORDER_CREATED"), retryIn(NEVER_MS, 2))
  const parked = (yield* order).orderId
  yield* worked(parked, parkedFor("create: the sales order is refused"))
  const due = (yield* order).orderId
  const get = (path: string) => edge.send("GET", path)
  const post = (path: string, body: unknown) => edge.send("POST", path, { body })
  const versionOf = (orderId: OrderId) => Effect.map(get(`/sagas/${orderId}`), (answer) => sagaOf(answer).version)
  return { ...edge, waiting, parked, due, get, post, versionOf }
})

promises("the operators' endpoints", (promise) => {
  promise("list unfinished executions with reason and age, page by page and filtered", () =>
    Effect.gen(function* () {
      const { due, get, parked, waiting } = yield* edgeWithOrders
      const all = yield* get("/sagas")
      assert.deepStrictEqual(idsOf(all), [waiting, parked, due])
      const [first, second] = pageOf(all).data
      assert.deepInclude(first, { status: "ORDER_CREATED", state: "WAITING", step: "reserve", attempts: 2 })
      assert.isNotNull(first?.next_retry_at)
      assert.deepInclude(second, { state: "PARKED", park_reason: "create: the sales order is refused" })
      const page = yield* get("/sagas?limit=2")
      assert.deepStrictEqual(idsOf(page), [waiting, parked])
      const { next_cursor } = pageOf(page)
      const last = yield* get(`/sagas?limit=2&cursor=${next_cursor}`)
      assert.deepStrictEqual([idsOf(last), pageOf(last).next_cursor], [[due], null])
      for (const [query, found] of [
        ["parked=true", [parked]],
        ["parked=false", [waiting, due]],
        ["status=ORDER_CREATED", [waiting]],
        ["step=create&parked=false", [due]],
        ["text=refused", [parked]],
        ["min_age_s=0", [waiting, parked, due]],
        ["min_still_s=3600", []]
      ] as const) {
        assert.deepStrictEqual(idsOf(yield* get(`/sagas?${query}`)), [...found], query)
      }
    })
  )

  promise("show one execution with its timeline, and none of another organization", () =>
    Effect.gen(function* () {
      const { get, parked, post, versionOf } = yield* edgeWithOrders
      yield* post(`/sagas/${parked}/resume`, { reason: "It was our fault", version: yield* versionOf(parked) })
      const shown = yield* get(`/sagas/${parked}`)
      assert.deepInclude(sagaOf(shown), { order_id: parked, state: "DUE", park_reason: null })
      const [authorized, resumed] = Schema.decodeUnknownSync(
        Schema.Array(Schema.Record(Schema.String, Schema.Unknown))
      )(shown.json["timeline"])
      assert.deepInclude(authorized, { step: "authorize", outcome: "DONE", principal: null })
      assert.deepInclude(resumed, {
        step: "create",
        outcome: "RESUMED",
        principal: LOCAL_PRINCIPAL,
        detail: "It was our fault"
      })
      assert.deepInclude((yield* get(`/sagas/${makeOrderId()}`)).json, { status: 404, code: "not_found" })
      const { send } = yield* httpEdge
      assert.strictEqual((yield* send("GET", `/sagas/${parked}`)).status, 404)
      assert.deepStrictEqual(idsOf(yield* send("GET", "/sagas")), [])
    })
  )

  promise(
    "act on an order as it was seen, once, and refuse it with 409 when it has moved or the action does not apply",
    () =>
      Effect.gen(function* () {
        const { post, versionOf, waiting } = yield* edgeWithOrders
        const version = yield* versionOf(waiting)
        const body = { reason: "The bank is back", version }
        const dry = yield* post(`/sagas/${waiting}/retry`, { ...body, dry_run: true })
        assert.deepStrictEqual([dry.status, dry.json["dry_run"], sagaOf(dry).version], [200, true, version])
        const applied = yield* post(`/sagas/${waiting}/retry`, body)
        assert.deepStrictEqual([applied.status, applied.json["dry_run"]], [200, false])
        assert.deepInclude(sagaOf(applied), { state: "DUE", attempts: 2 })
        const again = yield* post(`/sagas/${waiting}/retry`, body)
        const now = {
          order_id: waiting,
          state: "DUE",
          ledger_status: "ORDER_CREATED",
          version: sagaOf(applied).version
        }
        assert.deepInclude(again.json, { status: 409, code: "saga_moved", ...now })
        const refused = yield* post(`/sagas/${waiting}/resume`, { ...body, version: now.version })
        assert.deepInclude(refused.json, {
          status: 409,
          code: "saga_action_refused",
          detail: "The order is not parked.",
          ...now
        })
        const unknown = yield* post(`/sagas/${makeOrderId()}/park`, body)
        assert.deepInclude(unknown.json, { status: 404, code: "not_found" })
        assert.deepStrictEqual(yield* timelineOf(waiting), ["authorize 1 DONE", "reserve 0 RETRIED"])
      })
  )

  promise("act on many, say how many in a dry run, and go on with the cursor", () =>
    Effect.gen(function* () {
      const { due, parked, post, waiting } = yield* edgeWithOrders
      const body = { reason: "Wrong price", filter: { min_age_s: 0 } }
      const dry = bulkOf(yield* post("/sagas/compensate", { ...body, dry_run: true }))
      assert.deepInclude(dry, { dry_run: true, applied: 3, moved: 0, next_cursor: null })
      const first = bulkOf(yield* post("/sagas/compensate", { ...body, limit: 2 }))
      assert.deepStrictEqual(
        first.orders.map(({ order_id, result, state }) => [order_id, result, state]),
        [
          [waiting, "APPLIED", "DUE"],
          [parked, "APPLIED", "DUE"]
        ]
      )
      assert.strictEqual((yield* ledgerRow(due)).status, "AUTHORIZED")
      const rest = bulkOf(yield* post("/sagas/compensate", { ...body, cursor: first.next_cursor }))
      assert.deepInclude(rest, { applied: 1, next_cursor: null })
      for (const orderId of [waiting, parked, due]) {
        assert.deepInclude(yield* ledgerRow(orderId), {
          status: "COMPENSATING",
          failure_code: "compensated_by_operator"
        })
      }
    })
  )

  promise("name every field that is wrong, and change nothing", () =>
    Effect.gen(function* () {
      const { get, parked, post, versionOf, waiting } = yield* edgeWithOrders
      const version = yield* versionOf(waiting)
      const books = Effect.all([ledgerRow(waiting), queueRow(waiting), ledgerRow(parked), queueRow(parked)])
      const before = yield* books
      const filter = { parked: false }
      const bad: ReadonlyArray<readonly [path: string, body: unknown, fields: ReadonlyArray<string>]> = [
        [`/sagas/${waiting}/park`, {}, ["reason", "version"]],
        [`/sagas/${waiting}/park`, { reason: "", version }, ["reason"]],
        [`/sagas/${waiting}/park`, { reason: " \n", version }, ["reason"]],
        [`/sagas/${waiting}/park`, { reason: "x".repeat(501), version }, ["reason"]],
        [`/sagas/${waiting}/park`, { reason: "r", version, dry_run: "yes" }, ["dry_run"]],
        [`/sagas/${waiting}/park`, { reason: "r", version, filter }, ["filter"]],
        ["/sagas/nobody/park", { reason: "r", version }, ["path order_id"]],
        ["/sagas/park", { reason: "r" }, ["filter"]],
        ["/sagas/park", { reason: "r", filter: {} }, ["filter"]],
        ["/sagas/park", { filter }, ["reason"]],
        ["/sagas/park", { reason: "r", filter: { status: "COMPLETED" } }, ["filter.status"]],
        ["/sagas/park", { reason: "r", filter: { step: "ship" } }, ["filter.step"]],
        ["/sagas/park", { reason: "r", filter: { min_age_s: -1 } }, ["filter.min_age_s"]],
        ["/sagas/park", { reason: "r", filter: { text: "" } }, ["filter.text"]],
        ["/sagas/park", { reason: "r", filter: { text: " " } }, ["filter.text"]],
        ["/sagas/park", { reason: "r", filter: { colour: "red" } }, ["filter.colour"]],
        ["/sagas/park", { reason: "r", filter, limit: 1_001 }, ["limit"]],
        ["/sagas/park", { reason: "r", filter, limit: 0 }, ["limit"]],
        ["/sagas/park", { reason: "r", filter, cursor: "somewhere" }, ["cursor"]]
      ]
      for (const [path, body, fields] of bad) {
        const answer = yield* post(path, body)
        assert.deepInclude(answer.json, { status: 400, code: "validation_error" }, JSON.stringify(body))
        assert.deepStrictEqual(faultsOf(answer).toSorted(), [...fields], JSON.stringify(answer.json))
      }
      for (const [query, field] of [
        ["limit=101", "query limit"],
        ["status=FAILED", "query status"],
        ["step=ship", "query step"],
        ["parked=maybe", "query parked"],
        ["min_age_s=old", "query min_age_s"],
        ["text=", "query text"],
        ["text=%20", "query text"],
        ["colour=red", "query colour"],
        ["cursor=x", "query cursor"]
      ] as const) {
        assert.deepStrictEqual(faultsOf(yield* get(`/sagas?${query}`)), [field])
      }
      assert.deepStrictEqual(yield* books, before)
    })
  )
})
