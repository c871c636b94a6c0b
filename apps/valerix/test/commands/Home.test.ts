import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { layerPgClient } from "@valerix/database"
import { EmbeddedServer } from "@valerix/database/embedded"
import { Effect, Schedule } from "effect"
import { DATABASES } from "../../src/DatabaseNames.ts"
import { makeTestClient, orderIn } from "../support/TestClient.ts"
import { eventsIn, killGroup, runValerix, startValerix, temporaryFolder } from "./support/Valerix.ts"

const portOf = (url: string) => new URL(url).port

/** Passwords of a home, the superuser's too. */
const passwordsIn = (home: string) =>
  Effect.map(
    Effect.promise(() => readFile(join(home, "credentials.json"), "utf8")),
    (text) => [...text.matchAll(/"([A-Za-z0-9_+/=-]{16,})"/g)].map(([, password = ""]) => password)
  )

/** A database of a home whose server runs, as its owner. */
const asOwner = <A, E>(home: string, name: "inventory", body: (sql: PgClient.PgClient) => Effect.Effect<A, E>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const server = yield* EmbeddedServer.attach({ home, services: DATABASES })
      const layer = layerPgClient(server.connection(name, "owner"), { applicationName: "tests", maxConnections: 1 })
      return yield* Effect.provide(Effect.flatMap(PgClient.PgClient, body), layer)
    })
  ).pipe(Effect.orDie)

/** The process of the home's PostgreSQL server. */
const postmasterOf = (home: string) =>
  Effect.promise(async () => Number((await readFile(join(home, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]))

const isAlive = (processId: number) => {
  try {
    return process.kill(processId, 0)
  } catch {
    return false
  }
}

const untilGone = (processId: number) =>
  Effect.repeat(
    Effect.sync(() => isAlive(processId)),
    { while: (alive) => alive, schedule: Schedule.spaced(20) }
  )

describe("a Valerix on a folder of its own", () => {
  it.live(
    "keeps the folder for itself, lets others look, stands beside a second copy, and comes back after kill -9 of all of it",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const home = join(folder, "näme with späce")
        const environment = { VALERIX_HOME: home }
        const first = yield* startValerix(environment)
        const client = makeTestClient(first.url)
        yield* client.product("KEPT", 10)
        const placed = orderIn(yield* client.order({ product_id: "KEPT", quantity: 1 }, { wait: 5 }))

        for (const args of [["start"], ["start", "--reset"], ["migrate", "up"], ["migrate", "down"]]) {
          const refused = yield* runValerix(args, { ...environment, PORT: "0" })
          assert.deepStrictEqual([refused.code, refused.stdout], [1, ""], refused.stderr)
          assert.match(refused.stderr, new RegExp(`^valerix: .*in use by Valerix process ${first.processId}\\..*\\n$`))
          assert.include(refused.stderr, home)
        }
        const looking = yield* runValerix(["migrate", "status"], environment)
        assert.deepStrictEqual([looking.code, looking.stderr], [0, ""])
        const verified = yield* runValerix(["verify"], environment)
        assert.deepStrictEqual([verified.code, verified.stderr], [0, ""])
        assert.match(verified.stdout, /All promises hold: 1 order of/)

        const taken = { PORT: portOf(first.url), VALERIX_HOME: ".valerix" }
        const elsewhere = join(folder, "elsewhere")
        yield* Effect.promise(() => mkdir(elsewhere))
        const refused = yield* runValerix(["start"], taken, elsewhere)
        assert.deepStrictEqual(
          [refused.code, refused.stdout, refused.stderr],
          [1, "", `valerix: Port ${taken.PORT} is in use already. Set PORT to another port, or free this one.\n`]
        )
        const left = yield* Effect.promise(() => readdir(join(elsewhere, ".valerix", "postgres")))
        assert.notInclude(left, "postmaster.pid")
        const second = yield* startValerix({ VALERIX_HOME: ".valerix" }, ["start"], elsewhere)
        assert.strictEqual((yield* makeTestClient(second.url).call("GET", `/api/v1/orders/${placed.id}`)).status, 404)
        assert.strictEqual((yield* client.findOrder(placed.id)).ledger_status, "COMPLETED")

        const postmaster = yield* postmasterOf(home)
        killGroup(first)
        const killed = yield* Effect.promise(() => first.gone)
        assert.strictEqual(killed.signal, "SIGKILL")
        const again = yield* startValerix({ ...environment, LOG_LEVEL: "trace" })
        assert.isFalse(isAlive(postmaster))
        assert.strictEqual((yield* makeTestClient(again.url).findOrder(placed.id)).ledger_status, "COMPLETED")

        yield* asOwner(home, "inventory", (sql) => sql`UPDATE inventory_balances SET reserved = reserved + 1`)
        const broken = yield* runValerix(["verify"], environment)
        assert.strictEqual(broken.code, 1)
        assert.match(broken.stdout, /^promise 1 {2}\w+ {2}organization [0-9a-f-]{36} {2}.+/m)
        assert.match(broken.stderr, /^valerix: \d+ findings: promises are broken\.\n$/)

        const server = yield* postmasterOf(home)
        again.child.kill("SIGTERM")
        const ended = yield* Effect.promise(() => again.gone)
        assert.deepStrictEqual([ended.code, ended.stderr], [0, ""])
        assert.isFalse(isAlive(server))
        assert.isNotEmpty(eventsIn(ended.stdout))
        for (const password of yield* passwordsIn(home)) {
          for (const text of [ended.stdout, killed.stdout, killed.stderr, broken.stdout, broken.stderr]) {
            assert.notInclude(text, password)
          }
        }

        const emptied = yield* startValerix(environment, ["start", "--reset"])
        assert.strictEqual((yield* makeTestClient(emptied.url).call("GET", `/api/v1/orders/${placed.id}`)).status, 404)
        const last = yield* postmasterOf(home)
        killGroup(emptied)
        yield* Effect.promise(() => emptied.gone)
        yield* untilGone(last)
      }),
    240_000
  )

  it.live("names the folder when it cannot be made or written, and does not try forever", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "file")
      yield* Effect.promise(() => writeFile(file, ""))
      const homes = [join(file, "home"), ...(process.platform === "linux" ? ["/proc/valerix/home"] : [])]
      if (process.getuid?.() !== 0) {
        const closed = join(folder, "closed")
        yield* Effect.promise(() => mkdir(closed))
        yield* Effect.promise(() => chmod(closed, 0o555))
        homes.push(join(closed, "home"))
      }
      for (const home of homes) {
        const refused = yield* runValerix(["start"], { VALERIX_HOME: home, PORT: "0" })
        assert.deepStrictEqual([refused.code, refused.stdout], [1, ""])
        assert.match(refused.stderr, /^valerix: Valerix cannot write to its folder .*VALERIX_HOME.*\n$/)
        assert.include(refused.stderr, home)
      }
    })
  )
})
