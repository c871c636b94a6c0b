import { stripVTControlCharacters } from "node:util"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { makeTestClient } from "../support/TestClient.ts"
import { converse, hasTerminal } from "./support/Conversation.ts"
import { layerOwnDatabases, OwnDatabases } from "./support/OwnDatabases.ts"
import { runValerix, startValerix } from "./support/Valerix.ts"

const ENTER = "\r"
const CONTROL_C = "\u0003"

layer(layerOwnDatabases(), { excludeTestServices: true, timeout: "180 seconds" })(
  "valerix orders place, without arguments",
  (it) => {
    const shop = Effect.gen(function* () {
      const { environment, owner } = yield* OwnDatabases
      const { url } = yield* startValerix(environment)
      const orders = owner("checkout")<{ count: number }>`SELECT count(*)::int AS count FROM order_ledger`
      return { url, client: makeTestClient(url), orders: Effect.map(orders, ([row]) => row?.count) }
    })

    it.effect("asks nobody where there is no terminal, and orders nothing", () =>
      Effect.gen(function* () {
        const refused = yield* runValerix(["orders", "place"])
        assert.deepStrictEqual([refused.code, refused.stdout], [2, ""])
        assert.match(refused.stderr, /--item SKU:QUANTITY, or --file.*on a terminal/)
      })
    )

    for (const title of hasTerminal
      ? ["asks on a terminal what to order, shows the total, and sends it only after a yes"]
      : []) {
      it.effect(title, () =>
        Effect.gen(function* () {
          const { client, orders, url } = yield* shop
          const environment = { VALERIX_URL: url }
          const place = ["orders", "place", "--wait"]
          const nothing = yield* converse(place, environment, [])
          assert.deepStrictEqual([nothing.code, nothing.seen.includes("There are no products to order")], [1, true])

          yield* client.product("TEA-1", 10)
          yield* client.product("TEA-2", 10)
          const order: ReadonlyArray<readonly [RegExp, string]> = [
            [/Product.*TEA-1/s, "tea-2"],
            [/tea-2/, ENTER],
            [/How many/, "3"],
            [/3/, ENTER],
            [/Another product/, "n"],
            [/Customer/, ENTER],
            [/Payment token/, ENTER]
          ]
          const refused = yield* converse(place, environment, [...order, [/Order this/, "n"]])
          assert.deepStrictEqual([refused.code, yield* orders], [1, 0])
          assert.include(refused.seen, "Nothing was ordered.")
          const brokenOff = yield* converse(place, environment, [[/Product/, CONTROL_C]])
          assert.deepStrictEqual([brokenOff.code, yield* orders], [1, 0])
          assert.include(brokenOff.seen, "Nothing was ordered.")

          const placed = yield* converse(place, environment, [...order, [/Order this/, "y"]])
          assert.deepStrictEqual([placed.code, yield* orders], [0, 1], placed.seen)
          const said = stripVTControlCharacters(placed.seen)
          assert.match(said, /TEA-2 +3 +19\.99 EUR +59\.97 EUR/)
          assert.match(said, /total {2}59\.97 EUR/)
          assert.include(placed.seen, "\u001b[32mCONFIRMED\u001b[0m")
          const plain = yield* converse(["orders", "list"], { ...environment, NO_COLOR: "1" }, [])
          assert.deepStrictEqual(
            [plain.code, plain.seen.includes("CONFIRMED"), plain.seen.includes("\u001b")],
            [0, true, false]
          )
        })
      )
    }
  }
)
