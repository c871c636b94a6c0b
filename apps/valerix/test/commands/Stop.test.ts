import { connect } from "node:net"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Schedule } from "effect"
import { makeTestClient } from "../support/TestClient.ts"
import { layerOwnDatabases, OwnDatabases } from "./support/OwnDatabases.ts"
import { eventsIn, startValerix } from "./support/Valerix.ts"

const STOP_MAX_MS = 10_000

/** Whether anybody accepts a new connection there. */
const isOpen = (url: string) =>
  Effect.callback<boolean>((resume) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.once("connect", () => {
      socket.destroy()
      resume(Effect.succeed(true))
    })
    socket.once("error", () => resume(Effect.succeed(false)))
  })

layer(layerOwnDatabases(), { excludeTestServices: true, timeout: "60 seconds" })("stopping", (it) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it.effect(`on ${signal} takes less than 10 s, ends with 0 and says nothing on stderr, also when told twice`, () =>
      Effect.gen(function* () {
        const { environment } = yield* OwnDatabases
        const program = yield* startValerix(environment)
        const toldAt = performance.now()
        program.child.kill(signal)
        program.child.kill(signal)
        const ended = yield* Effect.promise(() => program.gone)
        assert.deepStrictEqual([ended.code, ended.signal, ended.stderr], [0, null, ""])
        assert.isBelow(performance.now() - toldAt, STOP_MAX_MS)
        assert.isNotEmpty(eventsIn(ended.stdout))
      })
    )
  }

  it.effect("answers the requests that it has, lets nobody new in, and is not ready any more meanwhile", () =>
    Effect.gen(function* () {
      const { environment, owner } = yield* OwnDatabases
      const slow = { MOCK_LATENCY_MS: "4000", DOWNSTREAM_TIMEOUT_MS: "8000" }
      const program = yield* startValerix({ ...environment, ...slow })
      const client = makeTestClient(program.url)
      yield* client.product("STOPPING", 5)
      assert.strictEqual((yield* client.call("GET", "/ready")).status, 200)
      let isAnswered = false
      const placing = yield* Effect.forkScoped(
        Effect.tap(client.order({ product_id: "STOPPING", quantity: 1 }, { key: "in-flight" }), () =>
          Effect.sync(() => {
            isAnswered = true
          })
        )
      )
      const sql = owner("checkout")
      yield* Effect.repeat(sql<{ count: bigint | number }>`SELECT count(*) AS count FROM order_ledger`, {
        until: ([row]) => Number(row?.count) > 0,
        schedule: Schedule.spaced(20)
      })
      program.child.kill("SIGTERM")
      yield* Effect.repeat(isOpen(program.url), { while: (open) => open, schedule: Schedule.spaced(10) })
      assert.isFalse(isAnswered)
      const asked = yield* Effect.exit(client.call("GET", "/ready"))
      assert.strictEqual(asked._tag, "Failure")
      assert.isFalse(isAnswered)
      program.child.kill("SIGTERM")
      const answer = yield* Fiber.join(placing)
      assert.strictEqual(answer.status, 202, JSON.stringify(answer.body))
      const ended = yield* Effect.promise(() => program.gone)
      assert.deepStrictEqual([ended.code, ended.stderr], [0, ""])
      const [row] = yield* sql<{ status: string }>`SELECT status FROM order_ledger`
      assert.notStrictEqual(row?.status, "AWAITING_AUTHORIZATION")
    })
  )
})
