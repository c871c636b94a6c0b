import { writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { OrderView, TimelineEntryView } from "@valerix/checkout/contract"
import { ProductView, StockAddedView } from "@valerix/inventory/contract"
import { makeOrderId, uuidV7 } from "@valerix/money-and-ids"
import { Context, Effect, Layer, Schema } from "effect"
import { ProblemDocument } from "../../src/client/ProblemDocument.ts"
import { makeTestClient } from "../support/TestClient.ts"
import { freePort } from "./support/FreePort.ts"
import { layerOwnDatabases, OwnDatabases } from "./support/OwnDatabases.ts"
import { type Environment, runValerix, startValerix, temporaryFolder } from "./support/Valerix.ts"

/** A Valerix that runs, and the command line that asks it. */
class Shop extends Context.Service<
  Shop,
  {
    readonly url: string
    readonly valerix: (args: ReadonlyArray<string>, environment?: Environment) => ReturnType<typeof runValerix>
    readonly client: ReturnType<typeof makeTestClient>
  }
>()("@valerix/app/test/Shop") {}

const layerShop = Layer.effect(
  Shop,
  Effect.gen(function* () {
    const { environment } = yield* OwnDatabases
    const { url } = yield* startValerix(environment)
    const folder = yield* temporaryFolder
    return {
      url,
      valerix: (args, environment = {}) => runValerix(args, { VALERIX_URL: url, ...environment }, folder),
      client: makeTestClient(url)
    }
  })
).pipe(Layer.provideMerge(layerOwnDatabases()))

/** Every line as a document of a schema, as the API writes it. */
const documents = <A, I>(schema: Schema.Codec<A, I>, stdout: string): ReadonlyArray<A> =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => Schema.decodeUnknownSync(Schema.fromJsonString(Schema.toCodecJson(schema)))(line))

const CODES = { done: 0, failed: 1, usage: 2, unreachable: 3, unfinished: 4 }

layer(layerShop, { excludeTestServices: true, timeout: "180 seconds" })("valerix orders and products", (it) => {
  it.effect("make a product, book stock once, place an order and show it, for people and for programs", () =>
    Effect.gen(function* () {
      const { client, valerix } = yield* Shop
      const create = ["products", "create", "TEA-1", "--name", "Tea 茶", "--price", "19.99", "--currency", "EUR"]
      const made = yield* valerix([...create, "--stock", "10", "--json"])
      assert.strictEqual(made.code, CODES.done, made.stderr)
      const [product] = documents(ProductView, made.stdout)
      assert.strictEqual(product?.sku, "TEA-1")
      const twice = yield* valerix(create)
      assert.deepStrictEqual([twice.code, twice.stdout], [CODES.failed, ""])
      assert.match(twice.stderr, /^valerix: Another product has this SKU\. \[duplicate_sku\]\n/)
      assert.match(twice.stderr, /\n {2}correlation id [0-9a-f-]{36}\n$/)

      const receive = ["products", "receive", "TEA-1", "5", "--key", "delivery-1", "--json"]
      const [received, again] = [yield* valerix(receive), yield* valerix(receive)]
      assert.deepStrictEqual([received.code, again.code], [CODES.done, CODES.done], again.stderr)
      assert.strictEqual(documents(StockAddedView, received.stdout)[0]?.new_quantity, 15)
      assert.strictEqual(again.stdout, received.stdout)
      assert.match(again.stderr, /nothing was done a second time/)

      const place = ["orders", "place", "--item", "TEA-1:2", "--key", "cart-1", "--wait=30s"]
      const placed = yield* valerix(place)
      const order = /^CONFIRMED {2}([0-9a-f-]{36}) {2}39\.98 EUR {2}Order confirmed\n$/.exec(placed.stdout)?.[1] ?? ""
      assert.deepStrictEqual([placed.code, placed.stderr], [CODES.done, ""])
      const replayed = yield* valerix([...place, "--json"])
      assert.deepStrictEqual([replayed.code, documents(OrderView, replayed.stdout)[0]?.id], [CODES.done, order])

      const shown = yield* valerix(["orders", "show", order])
      for (const said of ["CONFIRMED, COMPLETED", "TEA-1", "19.99 EUR", "39.98 EUR", "capture 1", "✓ DONE"]) {
        assert.include(shown.stdout, said)
      }
      assert.notInclude(shown.stdout, "\u001b")
      const story = Schema.Struct({ order: OrderView, timeline: Schema.Array(TimelineEntryView) })
      const [told] = documents(story, (yield* valerix(["orders", "show", order, "--json"])).stdout)
      assert.deepStrictEqual(
        [told?.order.id, told?.timeline.map(({ step }) => step)],
        [order, ["authorize", "create", "reserve", "capture", "confirm"]]
      )
      const listed = yield* valerix(["products", "list"])
      assert.match(
        listed.stdout,
        /^PRODUCT +SKU +PRICE +ON HAND +AVAILABLE +NAME\n.* TEA-1 +19\.99 EUR +15 +13 +Tea 茶\n$/
      )
      const answer = yield* client.call("GET", `/api/v1/orders/${order}`)
      const [asJson] = (yield* valerix(["orders", "list", "--json"])).stdout.split("\n")
      assert.deepStrictEqual(JSON.parse(asJson ?? ""), answer.body)
    })
  )

  it.effect("list page by page up to the limit, say when there is more, and go on after it", () =>
    Effect.gen(function* () {
      const { client, valerix } = yield* Shop
      const organization = uuidV7()
      yield* client.product("PAGED", 1_000, { organization })
      const ids = yield* Effect.forEach(
        Array.from({ length: 105 }, (_, index) => `paged-${index}`),
        (key) =>
          Effect.map(client.order({ product_id: "PAGED", quantity: 1 }, { key, organization }), ({ body }) =>
            String(Reflect.get(Object(body), "id"))
          ),
        { concurrency: 10 }
      )
      const of = ["--organization", organization, "--json"]
      const all = documents(OrderView, (yield* valerix(["orders", "list", "--limit", "200", ...of])).stdout)
      assert.deepStrictEqual(
        all.map(({ id }) => id),
        [...ids].sort().reverse()
      )
      const some = yield* valerix(["orders", "list", "--limit", "103", ...of])
      const last = documents(OrderView, some.stdout).at(-1)?.id ?? ""
      assert.match(some.stderr, new RegExp(`^There are more: .* --after ${last}\n$`))
      const rest = yield* valerix(["orders", "list", "--after", last, ...of])
      assert.deepStrictEqual([documents(OrderView, rest.stdout).length, rest.stderr], [2, ""])
      const none = yield* valerix(["orders", "list", "--organization", uuidV7()])
      assert.deepStrictEqual([none.code, none.stdout, none.stderr], [CODES.done, "", "No order fits.\n"])
    })
  )

  it.effect("tell refusals apart by their code, their text and, for programs, the problem document", () =>
    Effect.gen(function* () {
      const { client, valerix } = yield* Shop
      yield* client.product("FEW", 1)
      const refusals: ReadonlyArray<readonly [args: ReadonlyArray<string>, code: string, said: RegExp]> = [
        [["--item", "FEW:5", "--wait"], "insufficient_stock", /5 of FEW were asked for and 1 are available/],
        [["--item", "FEW:1", "--payment-token", "decline_insufficient"], "payment_declined", /another --payment-token/],
        [["--item", "NONE:1"], "order_not_acceptable", /items\[0\]\.product_id: there is no such product/]
      ]
      for (const [args, code, said] of refusals) {
        const refused = yield* valerix(["orders", "place", ...args, "--json"])
        assert.strictEqual(refused.code, CODES.failed, refused.stderr)
        assert.strictEqual(documents(ProblemDocument, refused.stdout)[0]?.code, code)
        assert.match(refused.stderr, said)
        assert.match(refused.stderr, /with --key cli-\S+ the same can be asked again/)
        assert.include(refused.stderr, `[${code}]`)
      }
      const unknown = yield* valerix(["orders", "show", makeOrderId()])
      assert.deepStrictEqual([unknown.code, unknown.stdout], [CODES.failed, ""])
      assert.match(unknown.stderr, /There is no such order\. \[not_found\]/)
      yield* valerix(["orders", "place", "--item", "FEW:1", "--key", "reused"])
      const reused = yield* valerix(["orders", "place", "--item", "FEW:2", "--key", "reused"])
      assert.deepStrictEqual([reused.code, reused.stdout], [CODES.failed, ""])
      assert.match(reused.stderr, /\[idempotency_key_reused\]/)
    })
  )

  it.effect("take a whole request from a file, and name what is wrong with it before anything is sent", () =>
    Effect.gen(function* () {
      const { client, valerix } = yield* Shop
      yield* client.product("FILED", 5)
      const file = join(yield* temporaryFolder, "order.json")
      const place = (request: unknown) =>
        Effect.andThen(
          Effect.promise(() => writeFile(file, typeof request === "string" ? request : JSON.stringify(request))),
          valerix(["orders", "place", "--file", file, "--json"])
        )
      const whole = {
        customer_id: "01900000-0000-7000-8000-000000000002",
        items: [{ sku: "FILED", quantity: 2 }],
        adjustments: [{ kind: "SHIPPING", amount: { amount: "4.90", currency: "EUR" } }],
        payment: { method: "card", token: "tok_visa" },
        external_reference: "shop-1"
      }
      const [order] = documents(OrderView, (yield* place(whole)).stdout)
      assert.deepStrictEqual([order?.external_reference, order?.total.amountMinor], ["shop-1", 4_488])
      const wrong = yield* place({ ...whole, items: [{ sku: "FILED", quantity: 0 }], extra: 1 })
      assert.deepStrictEqual([wrong.code, wrong.stdout], [CODES.usage, ""])
      for (const field of ["items[0].quantity: ", "extra: is not a known field"]) assert.include(wrong.stderr, field)
      const broken = yield* place("{")
      assert.deepStrictEqual([broken.code, broken.stdout], [CODES.usage, ""])
      assert.include(broken.stderr, `${file} is no JSON`)
    })
  )

  it.effect("refuse wrong usage with 2, and name the flag or the field", () =>
    Effect.gen(function* () {
      const { valerix } = yield* Shop
      const wrong: ReadonlyArray<readonly [args: ReadonlyArray<string>, said: string]> = [
        [["orders", "place"], "--item"],
        [["orders", "place", "--item", "TEA"], "SKU:QUANTITY"],
        [["orders", "place", "--item", "TEA:1", "--file", "x"], "not both"],
        [["orders", "place", "--file", "missing.json"], "missing.json"],
        [["orders", "place", "--item", "TEA:1", "--wait=soon"], "--wait"],
        [["orders", "place", "--item", "TEA:1", "--key", "a b"], "--key"],
        [["orders", "show", "nobody"], "order"],
        [["orders", "list", "--limit", "0"], "--limit"],
        [["orders", "list", "--status", "LOST"], "--status"],
        [["orders", "list", "--url", "ftp://shop"], "--url"],
        [["products", "create", "A B", "--name", " ", "--price", "1.999", "--currency", "EUR"], "price.amount"],
        [["products", "receive", "TEA", "0"], "quantity"]
      ]
      yield* Effect.forEach(
        wrong,
        Effect.fnUntraced(function* ([args, said]) {
          const refused = yield* valerix(args)
          assert.deepStrictEqual([refused.code, refused.stdout], [CODES.usage, ""], args.join(" "))
          assert.include(refused.stderr, said, args.join(" "))
        }),
        { concurrency: 2, discard: true }
      )
    })
  )

  it.effect("end with 3 when no Valerix answers, and say where it was looked for", () =>
    Effect.gen(function* () {
      const { valerix } = yield* Shop
      const port = yield* freePort
      const away = yield* valerix(["orders", "place", "--item", "TEA:1"], { VALERIX_URL: "", PORT: `${port}` })
      assert.deepStrictEqual([away.code, away.stdout], [CODES.unreachable, ""])
      assert.include(away.stderr, `No Valerix can be reached at http://127.0.0.1:${port} (ECONNREFUSED)`)
      const secret = yield* valerix(["orders", "list", "--url", `http://shop:hunter2@127.0.0.1:${port}`])
      assert.deepStrictEqual([secret.code, secret.stdout], [CODES.unreachable, ""])
      assert.notInclude(secret.stderr, "hunter2")
      const misnamed = yield* valerix(["products", "list"], { VALERIX_URL: "shop" })
      assert.deepStrictEqual([misnamed.code, misnamed.stderr.includes("VALERIX_URL")], [CODES.usage, true])
    })
  )

  it.effect(
    "ask again under the same key when an answer is lost or a moment is asked for, and not when it is not Valerix",
    () =>
      Effect.gen(function* () {
        const { url, valerix } = yield* Shop
        yield* valerix([
          "products",
          "create",
          "LOST",
          "--name",
          "x",
          "--price",
          "1",
          "--currency",
          "EUR",
          "--stock",
          "9"
        ])
        const keys: Array<string | undefined> = []
        const relay = yield* Effect.acquireRelease(
          Effect.promise(async () => {
            const server = createServer(async (request, response) => {
              const body = await new Response(
                new ReadableStream({
                  async start(controller) {
                    for await (const chunk of request) controller.enqueue(chunk)
                    controller.close()
                  }
                })
              ).text()
              const key = request.headers["idempotency-key"]
              keys.push(typeof key === "string" ? key : undefined)
              if (request.url?.startsWith("/api/v1/inventory")) return response.end("<html>")
              if (keys.length === 1) {
                const problem = { type: "x", title: "Later.", status: 503, code: "overloaded" }
                response.writeHead(503, { "content-type": "application/problem+json", "retry-after": "1" })
                return response.end(JSON.stringify(problem))
              }
              const answer = await fetch(`${url}${request.url}`, {
                method: "POST",
                headers: { "content-type": "application/json", "idempotency-key": String(key) },
                body
              })
              // The order is placed, and nobody is told.
              if (keys.length === 2) return request.socket.destroy()
              response.writeHead(answer.status, { "content-type": "application/json" })
              return response.end(await answer.text())
            })
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
            return server
          }),
          (server) => Effect.sync(() => server.close())
        )
        const address = relay.address()
        const there = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
        const placed = yield* valerix(["orders", "place", "--item", "LOST:1", "--key", "lost-1", "--url", there])
        assert.strictEqual(placed.code, CODES.done, placed.stderr)
        assert.deepStrictEqual(keys, ["lost-1", "lost-1", "lost-1"])
        const other = yield* valerix(["products", "list", "--url", there])
        assert.deepStrictEqual([other.code, other.stdout, keys.length], [CODES.failed, "", 4])
        assert.match(other.stderr, /is not understood/)
      })
  )

  it.effect("end with 4 when the order is still under way after the time that was waited", () =>
    Effect.gen(function* () {
      const { client, valerix } = yield* Shop
      const { owner } = yield* OwnDatabases
      yield* client.product("SLOW", 5)
      yield* owner("inventory")`REVOKE INSERT ON inventory_reservations FROM inventory_service`
      const waited = yield* valerix(["orders", "place", "--item", "SLOW:1", "--wait=1s"])
      yield* owner("inventory")`GRANT INSERT ON inventory_reservations TO inventory_service`
      assert.strictEqual(waited.code, CODES.unfinished, waited.stderr)
      const order = /^PENDING\w* {2}(\S+)/.exec(waited.stdout)?.[1] ?? ""
      assert.include(waited.stderr, `valerix orders show ${order}`)
      assert.strictEqual((yield* client.ended(order)).status, "CONFIRMED")
    })
  )
})
