import http, { type OutgoingHttpHeaders } from "node:http"
import { gzipSync } from "node:zlib"
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { layerTestProgram, TestProgram } from "./support/TestProgram.ts"

const Problem = Schema.Struct({
  type: Schema.String,
  status: Schema.Int,
  code: Schema.String,
  correlation_id: Schema.String,
  detail: Schema.optionalKey(Schema.String),
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
  ["nothing for an item", { ...valid, items: [null] }, 400, ["items[0]"]],
  ["an object for the lines", { ...valid, items: { length: 1 } }, 400, ["items"]],
  ["a list for metadata", { ...valid, metadata: [1] }, 400, ["metadata"]],
  [
    "a product by id and by SKU",
    { ...valid, items: [{ sku: "KNOWN", product_id: "KNOWN", quantity: 1 }] },
    400,
    ["items[0].product_id"]
  ],
  ["an unsafe quantity", { ...valid, items: [{ sku: "KNOWN", quantity: 2 ** 53 + 2 }] }, 400, ["items[0].quantity"]],
  ["an inherited name for a field", { ...valid, constructor: { name: "x" } }, 400, ["constructor"]],
  [
    "a number for an amount",
    { ...valid, adjustments: [{ kind: "FEE", amount: { amount: 1, currency: "EUR" } }] },
    400,
    ["adjustments[0].amount.amount"]
  ],
  ...["NaN", "Infinity", "1e3", "1e400", "0x10", "+1", " 1", "1.", "", "99999999999999999999"].map(
    (amount) =>
      [
        `the amount "${amount}"`,
        { ...valid, adjustments: [{ kind: "FEE", amount: { amount, currency: "EUR" } }] },
        400,
        ["adjustments[0].amount.amount"]
      ] as const
  ),
  ["an address that is too long", { ...valid, email: `${"a".repeat(250)}@b.cd` }, 400, ["email"]],
  ["metadata that are too large", { ...valid, metadata: { note: "x".repeat(16_384) } }, 400, ["metadata"]],
  ["no text at all", { ...valid, external_reference: "" }, 400, ["external_reference"]],
  [
    "an adjustment in another currency",
    { ...valid, adjustments: [{ kind: "FEE", amount: { amount: "1", currency: "USD" } }] },
    422,
    ["adjustments[0].amount.currency"]
  ],
  [
    "items beyond exact numbers",
    { ...valid, items: Array(2_000).fill({ sku: "DEAR", quantity: 1_000_000 }) },
    422,
    ["items"]
  ],
  [
    "adjustments that make the total too large",
    {
      ...valid,
      adjustments: Array(2).fill({ kind: "FEE", amount: { amount: "99999999999.99", currency: "EUR" } })
    },
    422,
    ["adjustments"]
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

/** The valid body with a text of ours put in: what no client library would send. */
const written = JSON.stringify(valid)
const withText = (text: string, replacement: string) => written.replace(text, replacement)
const withMember = (member: string) => `${written.slice(0, -1)},${member}}`

/** Bodies as they are written, and the field that their problem names; none where the whole cannot be read. */
const badText: ReadonlyArray<readonly [what: string, body: string | Buffer, field: string | undefined]> = [
  ["nothing", "", "body"],
  ["null", "null", "body"],
  ["a list", "[]", "body"],
  ["a text", '"items"', "body"],
  ["1e400 of a product", withText('"quantity":1', '"quantity":1e400'), "items[0].quantity"],
  ["-0 of a product", withText('"quantity":1', '"quantity":-0'), "items[0].quantity"],
  ["NaN of a product", withText('"quantity":1', '"quantity":NaN'), undefined],
  ["1e400 in metadata", withMember('"metadata":{"x":1e400}'), "metadata.x"],
  ["a field that is given twice", withMember('"email":"a@b","email":"c@d"'), "email"],
  ["a field __proto__", withMember('"__proto__":{"email":"a@b"}'), "__proto__"],
  ["metadata with __proto__", withMember('"metadata":{"a":1,"__proto__":{"polluted":true}}'), "metadata"],
  ["metadata with __proto__ inside", withMember('"metadata":{"a":[{"__proto__":1}]}'), "metadata"],
  ["a NUL character that is not escaped", withText("tok", "t\0"), undefined],
  ["UTF-16", Buffer.from(written, "utf16le"), undefined],
  ["a lone continuation byte", Buffer.concat([Buffer.from(written.slice(0, 40)), Buffer.from([0x80])]), undefined],
  [
    "an overlong encoding",
    Buffer.concat([Buffer.from('{"email":"'), Buffer.from([0xc0, 0x80, 0x22, 0x7d])]),
    undefined
  ],
  [
    "10,000 objects inside each other",
    withMember(`"metadata":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`),
    undefined
  ],
  ["200,000 lists inside each other", "[".repeat(200_000), undefined],
  ...["\\u0000", "a\\ud800", "\\udc00b"].flatMap((unstorable) =>
    [
      ["items[0].sku", withText("KNOWN", unstorable)],
      ["items[0].product_id", withText('"sku":"KNOWN"', `"product_id":"${unstorable}"`)],
      ["payment.token", withText('"tok"', `"${unstorable}"`)],
      ["payment.method", withText('"card"', `"${unstorable}"`)],
      ["customer_id", withText(valid.customer_id, unstorable)],
      ["email", withMember(`"email":"${unstorable}@b"`)],
      ["currency", withMember(`"currency":"${unstorable}"`)],
      ["external_reference", withMember(`"external_reference":"${unstorable}"`)],
      ["metadata.a", withMember(`"metadata":{"a":"${unstorable}"}`)],
      ...["name", "line1", "line2", "city", "region", "postal_code", "country", "phone"].map((field) => [
        `shipping_address.${field}`,
        withMember(`"shipping_address":{"${field}":"${unstorable}"}`)
      ]),
      ["adjustments[0].description", withMember(`"adjustments":[{"description":"${unstorable}"}]`)],
      ["adjustments[0].kind", withMember(`"adjustments":[{"kind":"${unstorable}"}]`)],
      ["adjustments[0].amount.amount", withMember(`"adjustments":[{"amount":{"amount":"${unstorable}"}}]`)]
    ].map(([field = "", body = ""]) => [`${unstorable} in ${field}`, body, field] as const)
  )
]

const ACTIONS = ["retry", "compensate", "park", "resume"]
const operatorPaths = [
  ...ACTIONS.map((action) => `/api/v1/sagas/01900000-0000-7000-8000-0000000000aa/${action}`),
  ...ACTIONS.map((action) => `/api/v1/sagas/${action}`)
]

/** Bodies of an operator's action, as they are written, and the field that their problem names. */
const badActions = (path: string): typeof badText => {
  const isOfOne = path.split("/").length > 5
  const good = isOfOne ? { reason: "r", version: "1-AUTHORIZED-0-0" } : { reason: "r", filter: { parked: true } }
  const text = JSON.stringify(good)
  const withReason = (reason: string) => text.replace('"reason":"r"', `"reason":${reason}`)
  return [
    ["nothing", "", "body"],
    ["null", "null", "body"],
    ["a list", "[]", "body"],
    ["no reason", text.replace('"reason":"r",', ""), "reason"],
    ["a number for a reason", withReason("1"), "reason"],
    ["a blank reason", withReason('" "'), "reason"],
    ["a reason that is too long", withReason(JSON.stringify("x".repeat(501))), "reason"],
    ["a NUL character in the reason", withReason('"\\u0000"'), "reason"],
    ["half a character in the reason", withReason('"\\ud800"'), "reason"],
    ["two reasons", withReason('"r","reason":"s"'), "reason"],
    ["a field that is not known", withReason('"r","force":true'), "force"],
    ["a text for yes or no", withReason('"r","dry_run":"false"'), "dry_run"],
    isOfOne
      ? ["no version", '{"reason":"r"}', "version"]
      : ["a NUL character in the filter", '{"reason":"r","filter":{"text":"\\u0000"}}', "filter.text"],
    isOfOne
      ? ["a filter for one", withReason('"r","filter":{}'), "filter"]
      : ["a filter of nothing", '{"reason":"r","filter":{}}', "filter"],
    ["what is cut off", text.slice(0, -3), undefined],
    ["UTF-16", Buffer.from(text, "utf16le"), undefined]
  ]
}

const KEY = "idempotency-key"

/** Headers beside a valid body, the status that they get, and what their problem names. */
const badHeaders: ReadonlyArray<
  readonly [what: string, headers: OutgoingHttpHeaders, status: number, code: string, field: string | undefined]
> = [
  ["no key", { [KEY]: undefined }, 400, "missing_idempotency_key", "header Idempotency-Key"],
  ["an empty key", { [KEY]: "" }, 400, "missing_idempotency_key", "header Idempotency-Key"],
  ["a key of 256 characters", { [KEY]: "k".repeat(256) }, 400, "missing_idempotency_key", "header Idempotency-Key"],
  ["a key beyond ASCII", { [KEY]: "cl\u00e9" }, 400, "missing_idempotency_key", "header Idempotency-Key"],
  ["a key with a space", { [KEY]: "a b" }, 400, "missing_idempotency_key", "header Idempotency-Key"],
  ["two keys", { [KEY]: ["a", "b"] }, 400, "missing_idempotency_key", "header Idempotency-Key"],
  [
    "an organization that is no UUID",
    { "x-organization-id": "1" },
    400,
    "validation_error",
    "header X-Organization-ID"
  ],
  ["no type", { "content-type": undefined }, 415, "unsupported_media_type", undefined],
  ["another type", { "content-type": "text/plain" }, 415, "unsupported_media_type", undefined],
  ["another charset", { "content-type": "application/json; charset=latin1" }, 415, "unsupported_media_type", undefined],
  ["a compressed body", { "content-encoding": "gzip" }, 415, "unsupported_media_type", undefined],
  ["a negative length", { "content-length": "-1" }, 400, "malformed_request", undefined],
  ["a length beyond numbers", { "content-length": "9".repeat(30) }, 400, "malformed_request", undefined]
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
      yield* client.product("DEAR", 10, { amount: "99999999999.99" })
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

  /** Sends bytes as they are; in chunks, nobody is told how many will come. */
  const sendRaw = (body: string | Buffer, headers: OutgoingHttpHeaders, isChunked = false, path = "/api/v1/orders") =>
    Effect.flatMap(TestProgram, ({ url }) =>
      Effect.callback<{ readonly status: number | undefined; readonly type: string; readonly text: string }, Error>(
        (resume) => {
          const bytes = Buffer.from(body)
          const all: OutgoingHttpHeaders = {
            "content-type": "application/json",
            [KEY]: "hostile",
            ...(isChunked ? {} : { "content-length": bytes.length }),
            ...headers
          }
          const known = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
          const request = http.request(`${url}${path}`, { method: "POST", headers: known }, (response) => {
            const chunks: Array<Buffer> = []
            response.on("data", (chunk: Buffer) => chunks.push(chunk))
            response.on("end", () =>
              resume(
                Effect.succeed({
                  status: response.statusCode,
                  type: response.headers["content-type"] ?? "",
                  text: Buffer.concat(chunks).toString()
                })
              )
            )
          })
          request.on("error", (error) => resume(Effect.fail(error)))
          for (let at = 0; isChunked && at < bytes.length; at += 65_536) request.write(bytes.subarray(at, at + 65_536))
          request.end(isChunked ? undefined : bytes)
        }
      ).pipe(Effect.timeout("20 seconds"))
    )

  const assertProblem = Effect.fnUntraced(function* (
    what: string,
    answer: Effect.Success<ReturnType<typeof sendRaw>>,
    status: number,
    code: string | undefined,
    field: string | undefined
  ) {
    assert.strictEqual(answer.status, status, `${what}: ${answer.text}`)
    assert.match(answer.type, /^application\/problem\+json/, what)
    const problem = yield* decodeProblem(JSON.parse(answer.text))
    if (code !== undefined) assert.strictEqual(problem.code, code, what)
    const fields = new Set(problem.errors?.map((error) => error.field))
    if (field === undefined) assert.isUndefined(problem.errors, what)
    else assert.isTrue(fields.has(field), `${what} names ${[...fields].join(", ")}`)
  })

  it.effect("gets 400 for texts that no JSON library would write, names the field, and nothing is written", () =>
    Effect.gen(function* () {
      for (const [what, body, field] of badText) {
        const code = field === undefined ? "malformed_json" : "validation_error"
        yield* assertProblem(what, yield* sendRaw(body, {}), 400, code, field)
      }
      yield* nothingWritten
    })
  )

  it.effect("gets 4xx for headers that cannot be, and nothing is written", () =>
    Effect.gen(function* () {
      for (const [what, headers, status, code, field] of badHeaders) {
        yield* assertProblem(what, yield* sendRaw(written, headers), status, code, field)
      }
      const compressed = gzipSync(written)
      const answer = yield* sendRaw(compressed, { "content-encoding": "gzip" })
      yield* assertProblem("what is compressed", answer, 415, "unsupported_media_type", undefined)
      yield* nothingWritten
    })
  )

  it.effect("gets the same from the operators' endpoints", () =>
    Effect.gen(function* () {
      for (const path of operatorPaths) {
        for (const [what, body, field] of badActions(path)) {
          const code = field === undefined ? "malformed_json" : "validation_error"
          const answer = yield* sendRaw(body, {}, false, path)
          yield* assertProblem(`${what} to ${path}`, answer, 400, code, field)
        }
        const large = yield* sendRaw(Buffer.alloc(1_048_577, " "), {}, false, path)
        yield* assertProblem(`too much to ${path}`, large, 413, "body_too_large", undefined)
        const typed = yield* sendRaw("{}", { "content-type": "text/plain" }, false, path)
        yield* assertProblem(`another type to ${path}`, typed, 415, "unsupported_media_type", undefined)
      }
      yield* nothingWritten
    })
  )

  it.effect("gets 413 for more than a megabyte, whether it says so or not", () =>
    Effect.gen(function* () {
      const large = Buffer.alloc(1_048_577, " ")
      for (const isChunked of [false, true]) {
        yield* assertProblem("large", yield* sendRaw(large, {}, isChunked), 413, "body_too_large", undefined)
      }
      yield* nothingWritten
    })
  )

  it.effect("lists at most 100 faults, and says how many there are", () =>
    Effect.gen(function* () {
      const { client } = yield* TestProgram
      const items = Array.from({ length: 2_000 }, (_, index) => ({ sku: `NONE-${index}`, quantity: 1 }))
      const answer = yield* client.order({ ...valid, items })
      assert.strictEqual(answer.status, 422)
      const problem = yield* decodeProblem(answer.body)
      assert.strictEqual(problem.errors?.length, 100)
      assert.match(problem.detail ?? "", /2000 fields/)
      yield* nothingWritten
    })
  )

  it.effect(
    "is told from unusual good ones: keys that differ by case, lines of one product, chunks, strange headers",
    () =>
      Effect.gen(function* () {
        const { owner } = yield* TestProgram
        const twice = JSON.stringify({ ...valid, items: [...valid.items, ...valid.items] })
        const good = [
          yield* sendRaw(written, { [KEY]: "same" }),
          yield* sendRaw(written, { [KEY]: "SAME" }),
          yield* sendRaw(written, { [KEY]: "k".repeat(255) }),
          yield* sendRaw(twice, { [KEY]: "twice" }),
          yield* sendRaw(written, { [KEY]: "chunks" }, true),
          yield* sendRaw(withMember('"metadata":{"a":"{\\"__proto__\\":1}","proto":1}'), { [KEY]: "text" }),
          yield* sendRaw(written, { [KEY]: "prefer", prefer: `wait=${"9".repeat(40)}x` }),
          yield* sendRaw(written, { [KEY]: "strange", "x-correlation-id": "\u00e9".repeat(300), traceparent: "00-z" })
        ]
        for (const { status, text } of good) assert.strictEqual(status, 202, text)
        const [ledger] = yield* owner("checkout")<{ entries: number; lines: number }>`
        SELECT (SELECT count(*)::int FROM order_ledger) AS entries, (SELECT count(*)::int FROM order_ledger_items) AS lines`
        assert.deepStrictEqual({ ...ledger }, { entries: 8, lines: 9 })
      })
  )
})
