import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema, type Scope } from "effect"
import { makeTestClient } from "../support/TestClient.ts"
import { answersAsDescribed, type Doors, declinesAgain } from "./support/ShortDoors.ts"
import {
  type Environment,
  runValerix,
  spawnScoped,
  startValerix,
  temporaryFolder,
  untilSaid
} from "./support/Valerix.ts"

const CHECK = fileURLToPath(new URL("../../../../deploy/s3/check.sh", import.meta.url))
const DOORS = { orders: "order-service", inventory: "inventory-service", payments: "payment-service" } as const
/** The check waits for delays and retries, here on a machine that is busy with other things. */
const LIMIT_MS = 600_000
const FREE_PORTS = { SHORT_ORDERS_PORT: "0", SHORT_INVENTORY_PORT: "0", SHORT_PAYMENTS_PORT: "0" }

/** The program with the profile, and where its doors are. */
const start = Effect.fnUntraced(function* (environment: Environment): Effect.fn.Return<Doors, never, Scope.Scope> {
  const program = yield* startValerix({ VALERIX_PROFILE: "s3", ...FREE_PORTS, ...environment })
  const doorOf = (service: string) =>
    Effect.map(
      untilSaid(program, new RegExp(`"A short door is open","annotations":\\{"door":"${service}","url":"([^"]+)"`)),
      ([, url = ""]) => url
    )
  return {
    public: program.url,
    orders: yield* doorOf(DOORS.orders),
    inventory: yield* doorOf(DOORS.inventory),
    payments: yield* doorOf(DOORS.payments)
  }
})

/** What the script says that a person would run. */
const checked = (environment: Environment) =>
  Effect.scoped(Effect.flatMap(spawnScoped(["sh", CHECK], environment), ({ gone }) => Effect.promise(() => gone)))

const Stock = Schema.Struct({
  data: Schema.Array(Schema.Struct({ product_id: Schema.String, stock: Schema.Int, reserved: Schema.Int }))
})

/** `stock + reserved` of every product. */
const onHandAt = (url: string) =>
  Effect.map(makeTestClient(url).call("GET", "/inventory"), ({ body }) =>
    Object.fromEntries(
      Schema.decodeUnknownSync(Stock)(body).data.map(({ product_id, reserved, stock }) => [
        product_id,
        stock + reserved
      ])
    )
  )

const DEMO_STOCK = { "PROD-001": 100, "PROD-002": 50, "PROD-003": 25 }

describe("the profile s3", () => {
  it.live(
    "keeps what it promises, and everything that Valerix promises",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const home = { VALERIX_HOME: yield* temporaryFolder }

          yield* Effect.scoped(
            Effect.gen(function* () {
              const doors = yield* start(home)
              assert.deepStrictEqual(yield* onHandAt(doors.inventory), DEMO_STOCK)
              const { code, stderr, stdout } = yield* checked({
                VALERIX_URL: doors.public,
                ORDERS_URL: doors.orders,
                INVENTORY_URL: doors.inventory,
                PAYMENTS_URL: doors.payments
              })
              assert.strictEqual(code, 0, `${stdout}${stderr}`)
              assert.match(stdout, /\n\d{2} promises were kept, 0 were not\.\n$/)
              const metrics = yield* Effect.promise(async () => (await fetch(`${doors.public}/metrics`)).text())
              assert.include(
                metrics,
                'http_requests_total{service="valerix",method="GET",path="/api/v1/orders/:order_id",'
              )
            })
          )

          // What is set by itself wins over the profile: there is no gremlin now. And no product is made a second time.
          yield* Effect.scoped(
            Effect.gen(function* () {
              const doors = yield* start({ ...home, GREMLIN: "false" })
              assert.deepStrictEqual(yield* onHandAt(doors.inventory), DEMO_STOCK)
              for (const url of [doors.inventory, doors.payments, doors.public]) {
                const { status } = yield* makeTestClient(url).call("GET", "/gremlin/latency")
                assert.strictEqual(status, 404)
              }
              yield* answersAsDescribed(doors)
              yield* declinesAgain(doors.orders)
            })
          )

          const verified = yield* runValerix(["verify"], home)
          assert.strictEqual(verified.code, 0, `${verified.stdout}${verified.stderr}`)
        })
      ),
    LIMIT_MS
  )

  it.live("is told by its check when it is not there", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* checked({ ORDERS_URL: "http://127.0.0.1:1" })
      assert.strictEqual(code, 1)
      assert.match(stderr, /^Nothing answers at http:\/\/127\.0\.0\.1:1\. Start Valerix with VALERIX_PROFILE=s3/)
    })
  )
})
