import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { CRASH_POINTS } from "./support/CrashPoints.ts"
import { freePort, startProcess, whenReady } from "./support/ProgramProcess.ts"
import { makeTestClient, orderIn } from "./support/TestClient.ts"

const CRASHING = new URL("./support/CrashingProgram.ts", import.meta.url)
const VALERIX = new URL("../src/main.ts", import.meta.url)
const SHOPPERS = 8

const temporaryHome = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "valerix-crash-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

/** What a sound request may be answered while programs die: accepted, or to be sent again. */
const EXPECTED = new Set([201, 202, 503])

/**
 * Places orders until the program dies under it, some to be confirmed, some to fail for want of stock. What was answered
 * with 2xx goes into the journal; an answer that should not have been given fails.
 */
const shop = (url: string, journal: Set<string>, name: string) =>
  Effect.gen(function* () {
    const client = makeTestClient(url)
    for (let count = 1; ; count += 1) {
      const body = { product_id: count % 4 === 0 ? "SCARCE" : "PLENTY", quantity: 1 }
      const answer = yield* client
        .order(body, { key: `${name}-${count}` })
        .pipe(Effect.catchDefect(() => Effect.undefined))
      if (answer === undefined) return
      if (!EXPECTED.has(answer.status)) return yield* Effect.fail(`${answer.status} ${JSON.stringify(answer.body)}`)
      if (answer.status < 300) journal.add(orderIn(answer).id)
    }
  })

describe("killing the whole program", () => {
  it.live(
    "at each named point of an order's life loses no order, sells nothing twice and charges nobody twice",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const home = yield* temporaryHome
          const port = yield* freePort
          const url = `http://127.0.0.1:${port}`
          const environment = {
            PORT: String(port),
            VALERIX_HOME: join(home, "valerix"),
            RETRY_SCHEDULE_MS: "100,200,400,800",
            POLL_INTERVAL_MS: "500",
            LOG_LEVEL: "warn"
          }
          const start = (crash: Readonly<Record<string, string>>) =>
            Effect.acquireRelease(
              Effect.sync(() => startProcess(CRASHING, [], { ...environment, ...crash })),
              ({ child, gone }) =>
                Effect.promise(() => {
                  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL")
                  return gone
                })
            )
          const journal = new Set<string>()

          const first = yield* start({})
          yield* whenReady(first, url)
          yield* makeTestClient(url).product("PLENTY", 1_000_000)
          yield* makeTestClient(url).product("SCARCE", 2)
          first.child.kill("SIGKILL")
          yield* Effect.promise(() => first.gone)

          for (const point of CRASH_POINTS) {
            const program = yield* start({ CRASH_AT: point, CRASH_AFTER: "3" })
            yield* whenReady(program, url)
            const shoppers = Array.from({ length: SHOPPERS }, (_, index) =>
              shop(url, journal, `${point.replaceAll(" ", "-")}-${index}`)
            )
            yield* Effect.all(shoppers, { concurrency: "unbounded" }).pipe(
              Effect.mapError((surprise) => new Error(`${point}: ${surprise}\n${program.output()}`))
            )
            const end = yield* Effect.promise(() => program.gone)
            assert.strictEqual(end.signal, "SIGKILL", `${point}: ${program.output()}`)
          }

          const last = yield* start({})
          yield* whenReady(last, url)
          const client = makeTestClient(url)
          const orders = yield* Effect.forEach([...journal], (id) => client.ended(id), { concurrency: 16 })
          const statuses = Map.groupBy(orders, (order) => order.ledger_status)
          assert.isAbove(statuses.get("COMPLETED")?.length ?? 0, 0)
          assert.isAbove(statuses.get("FAILED")?.length ?? 0, 0)
          last.child.kill("SIGTERM")
          assert.deepStrictEqual(yield* Effect.promise(() => last.gone), { code: 0, signal: null }, last.output())

          const verify = startProcess(VALERIX, ["verify"], environment)
          const verdict = yield* Effect.promise(() => verify.gone)
          assert.strictEqual(verdict.code, 0, verify.output())
        })
      ),
    // Nine starts of the program: each step has a limit of its own, and a busy machine takes its time.
    600_000
  )
})
