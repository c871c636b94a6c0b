import { createServer, type Server } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { checkAnswers } from "../src/checks/Answers.ts"

/** A program that has some orders, and answers each key with the order that it is told to. */
const program = (orders: Readonly<Record<string, string>>, orderOfKey: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer((request, response) => {
        const key = String(request.headers["idempotency-key"])
        const data = Object.entries(orders).map(([id, ledger_status]) => ({ id, ledger_status }))
        const page = { data, next_cursor: null }
        const order = { id: orderOfKey[key], ledger_status: "COMPLETED" }
        request.resume().on("end", () => response.end(JSON.stringify(request.method === "GET" ? page : order)))
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return server
    }),
    (server) => Effect.sync(() => server.close())
  )

const urlOf = (server: Server): string => {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
}

const promised = [
  { organization: "one", key: "1", order: "order-1" },
  { organization: "one", key: "2", order: "order-2" }
]
const sound = { "order-1": "COMPLETED", "order-2": "FAILED" }
const sameKeys = { "1": "order-1", "2": "order-2" }

const findingsWith = (
  orders: Readonly<Record<string, string>>,
  orderOfKey: Readonly<Record<string, string>>,
  journal = promised
) =>
  Effect.scoped(
    Effect.flatMap(program(orders, orderOfKey), (server) =>
      Effect.map(checkAnswers({ url: urlOf(server), seed: 1, promised: journal }), ({ findings }) => findings)
    )
  )

describe("looking up what was promised", () => {
  it.live("finds nothing when every order has ended and its key gives it again", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* findingsWith(sound, sameKeys), [])
    })
  )

  it.live("finds an order that is nowhere", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* findingsWith({ "order-1": "COMPLETED" }, sameKeys), ["order order-2 is nowhere"])
    })
  )

  it.live("finds an order that has not ended", () =>
    Effect.gen(function* () {
      const findings = yield* findingsWith({ ...sound, "order-2": "AUTHORIZED" }, sameKeys)
      assert.deepStrictEqual(findings, ["order order-2 is AUTHORIZED"])
    })
  )

  it.live("finds a key that gives another order now", () =>
    Effect.gen(function* () {
      const [finding, ...others] = yield* findingsWith(sound, { ...sameKeys, "2": "order-3" })
      assert.match(finding ?? "", /^order order-2: its key 2 is now answered 200 .*order-3/)
      assert.deepStrictEqual(others, [])
    })
  )

  it.live("finds a key under which two orders were promised", () =>
    Effect.gen(function* () {
      const journal = [...promised, { organization: "one", key: "2", order: "order-1" }]
      assert.deepStrictEqual(yield* findingsWith(sound, sameKeys, journal), [
        "one/2 was answered with order-2 and order-1"
      ])
    })
  )
})
