import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { layerTestProgram, TestProgram } from "./support/TestProgram.ts"

const Problem = Schema.Struct({
  type: Schema.String,
  status: Schema.Int,
  code: Schema.String,
  correlation_id: Schema.String,
  errors: Schema.optionalKey(Schema.Array(Schema.Struct({ field: Schema.String, message: Schema.String })))
})
const decodeProblem = Schema.decodeUnknownEffect(Problem)

const valid = {
  customer_id: "01900000-0000-7000-8000-0000000000aa",
  items: [{ sku: "KNOWN", quantity: 1 }],
  payment: { method: "card", token: "tok" }
}
const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })

/** What is sent, the status it gets, and the fields that its problem names. */
const bad: ReadonlyArray<readonly [what: string, body: unknown, status: number, fields: ReadonlyArray<string>]> = [
  ["a text for a number", { ...valid, items: [{ sku: "KNOWN", quantity: "1" }] }, 400, ["items[0].quantity"]],
  ["nothing at all", {}, 400, ["items"]],
  ["no payment and no customer", { items: valid.items }, 400, ["customer_id", "payment"]],
  ["a field that is not known", { ...valid, colour: "red" }, 400, ["colour"]],
  [
    "a field that is not known, deep inside",
    { ...valid, items: [{ sku: "KNOWN", quantity: 1, price: 1 }] },
    400,
    ["items[0].price"]
  ],
  ["a huge quantity", { ...valid, items: [{ sku: "KNOWN", quantity: 1e9 }] }, 400, ["items[0].quantity"]],
  ["a negative quantity", { ...valid, items: [{ sku: "KNOWN", quantity: -1 }] }, 400, ["items[0].quantity"]],
  ["a fraction of a piece", { ...valid, items: [{ sku: "KNOWN", quantity: 1.5 }] }, 400, ["items[0].quantity"]],
  ["no lines", { ...valid, items: [] }, 400, ["items"]],
  [
    "too many lines",
    { ...valid, items: Array.from({ length: 2001 }, () => ({ sku: "KNOWN", quantity: 1 })) },
    400,
    ["items"]
  ],
  [
    "two bad fields",
    { ...valid, email: "no", items: [{ sku: "KNOWN", quantity: 0 }] },
    400,
    ["email", "items[0].quantity"]
  ],
  [
    "an amount with too many decimals",
    { ...valid, adjustments: [{ kind: "FEE", amount: { amount: "1.999", currency: "EUR" } }] },
    400,
    ["adjustments[0].amount.amount"]
  ],
  ["a currency that is none", { ...valid, currency: "EURO" }, 400, ["currency"]],
  [
    "a product that is not known",
    {
      ...valid,
      items: [
        { sku: "KNOWN", quantity: 1 },
        { sku: "UNKNOWN", quantity: 1 }
      ]
    },
    422,
    ["items[1].sku"]
  ],
  ["another currency", { ...valid, currency: "USD" }, 422, ["items[0]"]],
  [
    "a negative total",
    { ...valid, adjustments: [{ kind: "DISCOUNT", amount: { amount: "-1000", currency: "EUR" } }] },
    422,
    ["adjustments"]
  ]
]

layer(layerTestProgram(), { excludeTestServices: true, timeout: "120 seconds" })("a bad request", (it) => {
  const nothingWritten = Effect.gen(function* () {
    const { owner } = yield* TestProgram
    const [ledger] = yield* owner("checkout")<{ entries: number; lines: number }>`
      SELECT (SELECT count(*)::int FROM order_ledger) AS entries, (SELECT count(*)::int FROM order_ledger_items) AS lines`
    const [payments] = yield* owner("payments")<{ count: number }>`SELECT count(*)::int AS count FROM payments`
    assert.deepStrictEqual({ ...ledger, payments: payments?.count }, { entries: 0, lines: 0, payments: 0 })
  })

  it.effect("gets a problem document that names every bad field, and nothing is written", () =>
    Effect.gen(function* () {
      const { client } = yield* TestProgram
      yield* client.product("KNOWN", 10)
      for (const [what, body, status, fields] of bad) {
        const answer = yield* client.order(body)
        assert.strictEqual(answer.status, status, `${what}: ${JSON.stringify(answer.body)}`)
        assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/, what)
        const problem = yield* decodeProblem(answer.body)
        assert.strictEqual(problem.status, status)
        assert.deepStrictEqual([...new Set(problem.errors?.map(({ field }) => field))].sort(), [...fields].sort(), what)
      }
      yield* nothingWritten
    })
  )

  it.effect("gets 4xx for bodies that are no JSON, no UTF-8, too deep or too large", () =>
    Effect.gen(function* () {
      const { url } = yield* TestProgram
      const send = (body: string | Uint8Array<ArrayBuffer>, contentType = "application/json") =>
        Effect.promise(async () => {
          const response = await fetch(`${url}/api/v1/orders`, {
            method: "POST",
            headers: { "content-type": contentType, "idempotency-key": "raw" },
            body
          })
          return { status: response.status, body: await response.json() }
        })
      const cases: ReadonlyArray<
        readonly [what: string, body: string | Uint8Array<ArrayBuffer>, status: number, code: string]
      > = [
        ["cut off", '{"items":[', 400, "malformed_json"],
        ["not UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400, "malformed_json"],
        ["deep", JSON.stringify({ ...valid, metadata: deep(200) }), 400, "malformed_json"],
        ["large", JSON.stringify({ ...valid, external_reference: "x".repeat(1_100_000) }), 413, "body_too_large"]
      ]
      for (const [what, body, status, code] of cases) {
        const answer = yield* send(body)
        assert.strictEqual(answer.status, status, what)
        assert.deepInclude(answer.body, { code, status }, what)
      }
      const typed = yield* send("sku=KNOWN", "text/plain")
      assert.strictEqual(typed.status, 415)
      yield* nothingWritten
    })
  )
})
