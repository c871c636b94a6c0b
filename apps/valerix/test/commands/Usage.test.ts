import { existsSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { VERSION } from "../../src/Version.ts"
import { runValerix, spawnScoped, temporaryFolder, valerixCommand } from "./support/Valerix.ts"

describe("the command line", () => {
  it.live("tells its version and its commands, and ends with 0", () =>
    Effect.gen(function* () {
      const [version, help] = yield* Effect.all([runValerix(["--version"]), runValerix(["--help"])])
      assert.deepStrictEqual([version.code, version.stderr], [0, ""])
      assert.include(version.stdout, VERSION)
      assert.deepStrictEqual([help.code, help.stderr], [0, ""])
      for (const word of ["USAGE", "start", "migrate", "verify", "saga", "orders", "products", "doctor"])
        assert.include(help.stdout, word)
    })
  )

  it.live("refuses what it does not know: says what on stderr, shows the usage, ends with 2 and creates nothing", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
        [["sell"], '"sell"'],
        [["start", "--fast"], "--fast"],
        [["start", "warehouse"], '"warehouse"'],
        [["migrate", "sideways"], '"sideways"'],
        [["migrate"], "action"],
        [["saga", "retry", "--parked"], "--reason"]
      ]
      for (const [args, named] of wrong) {
        const refused = yield* runValerix(args, {}, folder)
        assert.deepStrictEqual([refused.code, refused.stdout], [2, ""], args.join(" "))
        assert.include(refused.stderr, named)
        assert.match(
          refused.stderr,
          /^valerix: .*\n(valerix: .*\n)*\nUSAGE {2}valerix .*\nAll about it: valerix.* --help\n$/
        )
      }
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(folder)), [])
    })
  )

  for (const title of existsSync("/dev/full") ? ["fails, and says why, when what it says finds no room"] : []) {
    it.live(title, () =>
      Effect.gen(function* () {
        const command = ["sh", "-c", '"$@" > /dev/full', "sh", ...valerixCommand(["--help"])]
        const unheard = yield* Effect.scoped(
          Effect.flatMap(spawnScoped(command), (running) => Effect.promise(() => running.gone))
        )
        assert.strictEqual(unheard.code, 1)
        assert.match(unheard.stderr, /^valerix: What it says cannot be written to standard output: ENOSPC.*\n$/)
      })
    )
  }

  it.live("makes no Valerix only to look at it: there is none where the folder is not", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      for (const command of [["verify"], ["migrate", "status"], ["saga", "list"]]) {
        const refused = yield* runValerix(command, { VALERIX_HOME: "mistyped" }, folder)
        assert.deepStrictEqual([refused.code, refused.stdout], [1, ""], refused.stderr)
        assert.match(refused.stderr, /^valerix: There is no Valerix in .*mistyped\. /)
      }
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(folder)), [])
    })
  )

  it.live("names every variable that is wrong at once, repeats no value of them, and creates nothing", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const wrong = {
        PORT: "eighty",
        ORDERS_PORT: "70000",
        POLL_INTERVAL_MS: "-1",
        RETRY_SCHEDULE_MS: "soon,later",
        DOWNSTREAM_TIMEOUT_MS: "1e9",
        MOCK_LATENCY_MS: "0.5",
        MOCK_FAILURE_RATE: "2",
        MOCK_DECLINE_RATE: "often",
        SHORT_ORDERS_PORT: "-1",
        SHORT_INVENTORY_PORT: "front",
        SHORT_PAYMENTS_PORT: "65536",
        DEMO_PRODUCTS: "some",
        GREMLIN: "maybe",
        VALERIX_PROFILE: "s4",
        LOG_LEVEL: "loud",
        DATABASE_URL_ORDERS: "mysql://shop:hunter2@db/orders",
        DATABASE_URL_CHECKOUT: "postgres://shop:hunt%er2@db/checkout",
        DATABASE_OWNER_URL_PAYMENTS: "postgres://shop:hunter2@db/payments"
      }
      for (const command of [["start"], ["verify"], ["migrate", "up"], ["saga", "list"]]) {
        const refused = yield* runValerix(command, wrong, folder)
        assert.deepStrictEqual([refused.code, refused.stdout], [2, ""], refused.stderr)
        for (const variable of Object.keys(wrong)) assert.include(refused.stderr, variable)
        assert.notMatch(refused.stderr, /hunt|eighty|70000|soon/)
      }
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(folder)), [])
    })
  )

  it.live("refuses two services on one database, which would migrate it into each other's way", () =>
    Effect.gen(function* () {
      const shared = { DATABASE_URL_ORDERS: "postgres://a:b@db/shop", DATABASE_URL_INVENTORY: "postgres://c:d@db/shop" }
      const refused = yield* runValerix(["start"], shared)
      assert.strictEqual(refused.code, 2)
      assert.match(refused.stderr, /DATABASE_URL_INVENTORY names the same database as DATABASE_URL_ORDERS/)
    })
  )
})
