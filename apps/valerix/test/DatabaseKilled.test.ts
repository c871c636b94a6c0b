import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { runValerix, startValerix, temporaryFolder } from "./commands/support/Valerix.ts"
import { makeTestClient, orderIn } from "./support/TestClient.ts"

const SHOPPERS = 6
const KILLS = 3
const ORDERS_BETWEEN_KILLS = 40

/** The server's first process, whose id is the first line of its lock file. */
const postmasterOf = (home: string) =>
  Effect.promise(async () => Number((await readFile(join(home, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]))

/** Places orders until told to stop; an order that was not accepted is sent again under its key until it is. */
const shop = (url: string, journal: Set<string>, name: string, mayGoOn: () => boolean) =>
  Effect.gen(function* () {
    const client = makeTestClient(url)
    for (let count = 1; mayGoOn(); count += 1) {
      let isAccepted = false
      while (!isAccepted && mayGoOn()) {
        const answer = yield* client.order({ product_id: "PLENTY", quantity: 1 }, { key: `${name}-${count}` })
        if (answer.status < 300) journal.add(orderIn(answer).id)
        else assert.include([409, 503], answer.status, JSON.stringify(answer.body))
        isAccepted = answer.status < 300
      }
    }
  })

describe("killing the embedded PostgreSQL under the program that runs it", () => {
  it.live(
    "is survived: every order that was answered with 2xx is executed, once, and the program never stops answering",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const home = join(yield* temporaryFolder, "valerix")
          const environment = {
            VALERIX_HOME: home,
            RETRY_SCHEDULE_MS: "100,400,1600,6400",
            POLL_INTERVAL_MS: "500"
          }
          const program = yield* startValerix(environment)
          const { url } = program
          const client = makeTestClient(url)
          yield* client.product("PLENTY", 1_000_000)

          const journal = new Set<string>()
          let isOpen = true
          const shoppers = yield* Effect.forEach(
            Array.from({ length: SHOPPERS }, (_, index) => index),
            (index) => Effect.forkChild(shop(url, journal, `shopper-${index}`, () => isOpen))
          )
          const enough = (count: number) =>
            Effect.suspend(() => (journal.size >= count ? Effect.void : Effect.fail("not yet"))).pipe(
              Effect.eventually,
              Effect.timeout(60_000),
              Effect.orDie
            )
          for (let kill = 1; kill <= KILLS; kill += 1) {
            yield* enough(journal.size + ORDERS_BETWEEN_KILLS)
            process.kill(yield* postmasterOf(home), "SIGKILL")
          }
          yield* enough(journal.size + ORDERS_BETWEEN_KILLS)
          isOpen = false
          yield* Effect.forEach(shoppers, Fiber.join)

          const orders = yield* Effect.forEach([...journal], (id) => client.ended(id), { concurrency: 8 })
          assert.deepStrictEqual([...new Set(orders.map((order) => order.ledger_status))], ["COMPLETED"])
          program.child.kill("SIGTERM")
          const { code, signal, stderr } = yield* Effect.promise(() => program.gone)
          assert.deepStrictEqual({ code, signal }, { code: 0, signal: null }, stderr)

          const verified = yield* runValerix(["verify"], environment)
          assert.strictEqual(verified.code, 0, verified.stdout)
        })
      ),
    180_000
  )
})
