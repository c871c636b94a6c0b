import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { makeTestClient, orderIn } from "../support/TestClient.ts"
import { layerOwnDatabases, OwnDatabases } from "./support/OwnDatabases.ts"
import { eventsIn, runValerix, spawnCommand, startValerix, untilSaid, valerixCommand } from "./support/Valerix.ts"

const TOKEN = "tok_secret_of_a_customer"
const DECLINED_TOKEN = "decline_insufficient"

/** An order in its long form, with a token that nobody may read in a log. */
const paidWith = (token: string, sku: string, quantity = 1) => ({
  customer_id: "01900000-0000-7000-8000-0000000000aa",
  currency: "EUR",
  items: [{ sku, quantity }],
  payment: { method: "card", token }
})

layer(layerOwnDatabases(), { excludeTestServices: true, timeout: "60 seconds" })("the log", (it) => {
  it.effect(
    "of a loaded run is JSON line by line, follows an order through every service, and holds no secret",
    () =>
      Effect.gen(function* () {
        const { environment, owner, passwords } = yield* OwnDatabases
        const program = yield* startValerix({ ...environment, LOG_LEVEL: "trace", MOCK_FAILURE_RATE: "0.1" })
        const client = makeTestClient(program.url)
        yield* client.product("LOGGED", 20)
        const place = (key: string, body: unknown) =>
          client.call("POST", "/api/v1/orders", {
            body,
            headers: { "idempotency-key": key, "x-correlation-id": `request-${key}` }
          })
        const one = yield* place("followed", paidWith(TOKEN, "LOGGED")).pipe(
          Effect.repeat({ until: ({ status }) => status === 202, times: 20 })
        )
        assert.strictEqual(one.status, 202, JSON.stringify(one.body))
        const declined = yield* place("declined", paidWith(DECLINED_TOKEN, "LOGGED"))
        assert.include([402, 503], declined.status)
        yield* Effect.forEach(
          Array.from({ length: 20 }, (_, index) => index),
          (index) => place(`load-${index}`, paidWith(TOKEN, "LOGGED", 3)),
          { concurrency: 10 }
        )
        yield* client.call("POST", "/api/v1/orders?token=tok_in_a_query", { body: { token: TOKEN } })
        assert.strictEqual((yield* client.ended(orderIn(one).id)).ledger_status, "COMPLETED")
        // The database refuses what it is asked, in the middle of everything.
        yield* owner("payments")`ALTER TABLE payments RENAME TO payments_away`
        const failed = yield* place("failed", paidWith(TOKEN, "LOGGED"))
        assert.strictEqual(failed.status, 503, JSON.stringify(failed.body))
        yield* owner("payments")`ALTER TABLE payments_away RENAME TO payments`

        program.child.kill("SIGTERM")
        const ended = yield* Effect.promise(() => program.gone)
        assert.deepStrictEqual([ended.code, ended.stderr], [0, ""])
        const events = eventsIn(ended.stdout)
        const follows = events.filter(({ correlation_id }) => correlation_id === "request-followed")
        const told = follows.map(({ message, service }) => `${service} ${message}`)
        for (const line of [
          "valerix request",
          "payments authorize: Authorized",
          "orders create: Done",
          "inventory reserve: Done",
          "payments capture: Done",
          "orders confirm: Done"
        ]) {
          assert.include(told, line)
        }
        assert.isTrue(events.some(({ level }) => level === "error" || level === "warn"))
        for (const secret of [TOKEN, "tok_in_a_query", ...passwords, "postgres://"]) {
          assert.notInclude(ended.stdout, secret)
        }
      }),
    120_000
  )

  it.effect("of a service that runs alone is under its own name", () =>
    Effect.gen(function* () {
      const { environment } = yield* OwnDatabases
      const program = yield* startValerix({ ...environment, ORDERS_PORT: "0" }, ["start", "orders"])
      program.child.kill("SIGTERM")
      const ended = yield* Effect.promise(() => program.gone)
      assert.deepStrictEqual([ended.code, ended.stderr], [0, ""])
      assert.deepStrictEqual([...new Set(eventsIn(ended.stdout).map(({ service }) => service))], ["orders"])
    })
  )

  it.effect("in a terminal is for people: no JSON, the message and its details on one line, in colour", (context) =>
    Effect.gen(function* () {
      const { environment } = yield* OwnDatabases
      const quoted = valerixCommand(["start"]).map((part) => `'${part}'`)
      const inTerminal = ["script", "-qec", `exec ${quoted.join(" ")}`, "/dev/null"]
      const running = yield* Effect.acquireRelease(
        Effect.callback<ReturnType<typeof spawnCommand> | undefined>((resume) => {
          const started = spawnCommand(inTerminal, { ...environment, PORT: "0", TERM: "xterm" }, "/")
          started.child.once("error", () => resume(Effect.undefined))
          started.child.once("spawn", () => resume(Effect.succeed(started)))
        }),
        (started) => Effect.sync(() => started?.child.kill("SIGTERM"))
      )
      if (running === undefined) return context.skip("there is no script(1) to make a terminal with")
      const [line] = yield* untilSaid(running, /^.*Valerix is ready.*$/m)
      assert.notInclude(line, "{")
      assert.include(line, "\u001b[32mINFO")
      assert.match(line, /url=http:\/\/127\.0\.0\.1:\d+/)
      // Ctrl+C, as the terminal passes it on: to the whole group in the foreground.
      running.child.kill("SIGTERM")
      yield* Effect.promise(() => running.gone)
    })
  )

  it.effect("of a database that cannot be reached names the place and never the password", () =>
    Effect.gen(function* () {
      const url = "postgres://shop:hunter2@127.0.0.1:9/orders"
      const away = { DATABASE_URL_ORDERS: url, DATABASE_OWNER_URL_ORDERS: url, ORDERS_PORT: "0", LOG_LEVEL: "trace" }
      for (const command of [
        ["start", "orders"],
        ["migrate", "up", "--database", "orders"]
      ]) {
        const refused = yield* runValerix(command, away)
        assert.strictEqual(refused.code, 3)
        assert.match(refused.stderr, /^valerix: .*127\.0\.0\.1:9/)
        assert.notInclude(refused.stdout + refused.stderr, "hunter2")
      }
    })
  )
})
