import { userInfo } from "node:os"
import { assert, layer } from "@effect/vitest"
import { SagaWithTimeline } from "@valerix/checkout/contract"
import { makeOrderId, uuidV7 } from "@valerix/money-and-ids"
import { DEMO_ORGANIZATION_ID } from "@valerix/tenancy"
import { Effect, Schedule, Schema } from "effect"
import { makeTestClient, organizationHeader } from "../support/TestClient.ts"
import { layerOwnDatabases, OwnDatabases } from "./support/OwnDatabases.ts"
import { type Ended, runValerix, spawnValerix, startValerix } from "./support/Valerix.ts"

/** Retries are far away, and nobody polls: what happens soon was asked for. */
const PATIENT = { RETRY_SCHEDULE_MS: "3600000", POLL_INTERVAL_MS: "3600000" }

const ANOTHER_ORGANIZATION = uuidV7()

/** A reservation cannot be made while inventory's login may not write it. */
const inventoryFails = Effect.flatMap(
  OwnDatabases,
  ({ owner }) => owner("inventory")`REVOKE INSERT ON inventory_reservations FROM inventory_service`
)
const inventoryWorks = Effect.flatMap(
  OwnDatabases,
  ({ owner }) => owner("inventory")`GRANT INSERT ON inventory_reservations TO inventory_service`
)

/** Places orders that wait for the next attempt at their reservation. */
const waitingOrders = Effect.fnUntraced(function* (
  client: ReturnType<typeof makeTestClient>,
  sku: string,
  organizations: ReadonlyArray<string>
) {
  const { owner } = yield* OwnDatabases
  for (const organization of new Set(organizations)) yield* client.product(sku, 100, { organization })
  yield* inventoryFails
  const orders = yield* Effect.forEach(organizations, (organization) =>
    Effect.map(client.order({ product_id: sku, quantity: 1 }, { organization }), ({ body }) =>
      String(Reflect.get(Object(body), "id"))
    )
  )
  const waiting = owner("checkout")<{ count: number }>`
    SELECT count(*)::int AS count FROM order_ledger
    WHERE order_id = ANY (${`{${orders.join(",")}}`}::uuid[]) AND next_retry_at > now() + interval '30 minutes'`
  yield* Effect.repeat(waiting, {
    until: ([row]) => row?.count === orders.length,
    schedule: Schedule.spaced(20)
  })
  yield* inventoryWorks
  return orders
})

const saga = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(OwnDatabases, ({ environment }) => runValerix(["saga", ...args], environment))

const succeeded = (ended: Ended) => {
  assert.strictEqual(ended.code, 0, ended.stderr)
  return ended.stdout
}

const decodePage = Schema.decodeUnknownSync(Schema.Struct({ data: Schema.Array(Schema.Json) }))
const decodeWhole = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.toCodecJson(SagaWithTimeline)))
const decodeActed = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ order_id: Schema.String, result: Schema.String, dry_run: Schema.Boolean }))
)

/** A document without how long ago something was, which has changed when it is asked for again. */
const timeless = (json: string) => json.replaceAll(/"(age|still)_s":\d+/g, "")

const versionOf = (shown: string) => /^version +(\S+)$/m.exec(shown)?.[1] ?? "none"

/** What a command of one order says that has done something. */
const touched = (orders: ReadonlyArray<string>, organization: string, status: string, state: string) =>
  orders.map((order) => `APPLIED  ${organization}/${order}  ${status}  ${state}\n`).join("")

layer(layerOwnDatabases(), { excludeTestServices: true, timeout: "180 seconds" })("valerix saga", (it) => {
  it.effect(
    "lists, shows, parks, resumes, retries and compensates orders beside the program that executes them",
    () =>
      Effect.gen(function* () {
        const { environment, owner, passwords } = yield* OwnDatabases
        const program = yield* startValerix({ ...environment, ...PATIENT })
        const client = makeTestClient(program.url)
        const orders = yield* waitingOrders(client, "SAGA", [
          DEMO_ORGANIZATION_ID,
          DEMO_ORGANIZATION_ID,
          ANOTHER_ORGANIZATION
        ])
        const [first = "", second = "", other = ""] = orders

        const listed = succeeded(yield* saga("list"))
          .trimEnd()
          .split("\n")
        assert.match(listed[0] ?? "", /^ORDER +ORGANIZATION +STATUS +STEP +STATE +AGE +STILL +ATTEMPTS +REASON$/)
        assert.deepStrictEqual(
          listed.slice(1).map((line) => line.split(/ {2,}/).filter((_, column) => ![5, 6].includes(column))),
          orders.map((order) => [
            order,
            order === other ? ANOTHER_ORGANIZATION : DEMO_ORGANIZATION_ID,
            "ORDER_CREATED",
            "reserve",
            "WAITING",
            "1",
            "reserve UNAVAILABLE: unexpected error"
          ])
        )
        const asJson = succeeded(yield* saga("list", "--json"))
          .trimEnd()
          .split("\n")
        const { body } = yield* client.call("GET", "/api/v1/sagas")
        const { data } = decodePage(body)
        assert.deepStrictEqual(
          asJson.slice(0, 2).map(timeless),
          data.map((one) => timeless(JSON.stringify(one)))
        )
        const whole = decodeWhole(succeeded(yield* saga("show", first, "--json")))
        assert.deepStrictEqual(
          [whole.saga.order_id, whole.saga.state, whole.timeline.length > 0],
          [first, "WAITING", true]
        )
        const ofOne = succeeded(yield* saga("list", "--organization", ANOTHER_ORGANIZATION))
        assert.include(ofOne, other)
        assert.notInclude(ofOne, first)
        const some = yield* saga("list", "--limit", "1")
        assert.match(some.stderr, new RegExp(`--after ${DEMO_ORGANIZATION_ID}/${first}`))
        const more = yield* saga("list", "--after", `${DEMO_ORGANIZATION_ID}/${first}`)
        assert.deepStrictEqual(
          [more.stdout.includes(first), more.stdout.includes(second), more.stdout.includes(other)],
          [false, true, true]
        )
        const shown = succeeded(yield* saga("show", first))
        for (const line of shown.split("\n")) assert.isAtMost(line.length, 80)
        assert.notInclude(shown, "\u001b")
        assert.match(shown, /^status +ORDER_CREATED, WAITING before reserve$/m)
        assert.match(shown, /reserve 1 +█+ +\? UNAVAILABLE/)

        const seen = versionOf(shown)
        const parked = succeeded(yield* saga("park", first, "--seen", seen, "--reason", "Inventory is being repaired"))
        assert.strictEqual(parked, touched([first], DEMO_ORGANIZATION_ID, "ORDER_CREATED", "PARKED"))
        const again = yield* saga("park", first, "--seen", seen, "--reason", "Twice")
        assert.deepStrictEqual([again.code, again.stdout], [1, ""])
        assert.match(again.stderr, /^valerix: The order has moved since it was seen; nothing was changed/)
        const parkedOnes = succeeded(yield* saga("list", "--parked"))
        assert.match(parkedOnes, new RegExp(`^${first} .* PARKED .* Inventory is being repaired$`, "m"))

        const dry = succeeded(yield* saga("retry", "--step", "reserve", "--reason", "Repaired", "--dry-run"))
        assert.deepStrictEqual(dry.match(/[0-9a-f-]{36}(?= )/g), [second, other])
        const dryJson = yield* saga("retry", "--step", "reserve", "--reason", "Repaired", "--dry-run", "--json")
        assert.deepStrictEqual(
          succeeded(dryJson)
            .trimEnd()
            .split("\n")
            .map((line) => decodeActed(line)),
          [second, other].map((order_id) => ({ order_id, result: "APPLIED", dry_run: true }))
        )
        const compensated = yield* saga(
          "compensate",
          "--organization",
          ANOTHER_ORGANIZATION,
          "--min-age",
          "0s",
          "--reason",
          "Sold twice"
        )
        assert.strictEqual(succeeded(compensated), touched([other], ANOTHER_ORGANIZATION, "COMPENSATING", "DUE"))
        assert.strictEqual(compensated.stderr, "1 order touched.\n")
        assert.strictEqual((yield* client.ended(other, ANOTHER_ORGANIZATION)).failure?.code, "compensated_by_operator")
        succeeded(yield* saga("retry", "--text", "UNEXPECTED error", "--reason", "Repaired"))
        assert.strictEqual((yield* client.ended(second)).ledger_status, "COMPLETED")
        succeeded(yield* saga("resume", "--parked", "--reason", "Repaired"))
        assert.strictEqual((yield* client.ended(first)).ledger_status, "COMPLETED")

        const story = succeeded(yield* saga("show", first))
        const who = `cli:${userInfo().username}`
        for (const told of ["◆ PARKED", `by ${who}: Inventory is being repaired`, "◆ RESUMED", `by ${who}: Repaired`]) {
          assert.include(story, told)
        }
        assert.match(story, /^status +COMPLETED, ENDED$/m)
        const kept = yield* owner("checkout")<{ principal: string; outcome: string; detail: string }>`
        SELECT outcome, principal, detail FROM order_timeline WHERE principal IS NOT NULL ORDER BY recorded_at`
        assert.deepStrictEqual(
          kept.map((row) => [row.outcome, row.principal, row.detail]),
          [
            ["PARKED", who, "Inventory is being repaired"],
            ["TURNED_BACK", who, "Sold twice"],
            ["RETRIED", who, "Repaired"],
            ["RESUMED", who, "Repaired"]
          ]
        )
        const done = yield* client.call("GET", `/api/v1/sagas/${other}`, {
          headers: organizationHeader(ANOTHER_ORGANIZATION)
        })
        assert.strictEqual(done.status, 200)
        const verified = yield* runValerix(["verify"], environment)
        assert.strictEqual(verified.code, 0, verified.stdout)
        for (const password of passwords) assert.notInclude(story + again.stderr, password)
      }),
    300_000
  )

  it.effect("refuses what is unclear, names the flag, and changes nothing", () =>
    Effect.gen(function* () {
      const order = makeOrderId()
      const reason = ["--reason", "r"]
      const wrong: ReadonlyArray<readonly [args: ReadonlyArray<string>, said: string]> = [
        [["park", order], "--reason"],
        [["park", "nobody", "--seen", "v", ...reason], "order"],
        [["park", order, ...reason], "--seen"],
        [["park", order, "--seen", "v", "--parked", ...reason], "not both"],
        [["park", ...reason], "--min-age"],
        [["park", "--status", "COMPLETED", ...reason], "--status"],
        [["park", "--min-age", "soon", ...reason], "--min-age"],
        [["park", "--min-age", "999999999d", ...reason], "--min-age"],
        [["compensate", "--text", "", ...reason], "--text"],
        [["list", "--text", " "], "--text"],
        [["park", "--parked", "--after", "nowhere", ...reason], "--after"],
        [["list", "--limit", "0"], "--limit"],
        [["park", order, "--seen", "v", ...reason], `There is no order ${order}.`]
      ]
      yield* Effect.forEach(
        wrong,
        Effect.fnUntraced(function* ([args, said]) {
          const refused = yield* saga(...args)
          assert.strictEqual(refused.code, said.startsWith("There is no") ? 1 : 2, args.join(" "))
          assert.include(refused.stderr, said, args.join(" "))
        }),
        { concurrency: 3, discard: true }
      )
    })
  )
})

const MANY = 2_000

layer(layerOwnDatabases(), { excludeTestServices: true, timeout: "120 seconds" })(
  "a bulk action of valerix saga",
  (it) => {
    /** Parked orders of an organization, made of one that was really placed. */
    const manyParked = Effect.gen(function* () {
      const { environment, owner } = yield* OwnDatabases
      const program = yield* startValerix({ ...environment, ...PATIENT })
      const [order = ""] = yield* waitingOrders(makeTestClient(program.url), "MANY", [DEMO_ORGANIZATION_ID])
      program.child.kill("SIGTERM")
      yield* Effect.promise(() => program.gone)
      const sql = owner("checkout")
      const copies = `{${Array.from({ length: MANY }, () => makeOrderId()).join(",")}}`
      yield* sql`
      INSERT INTO order_ledger SELECT (copy).* FROM (
        SELECT jsonb_populate_record(ledger, jsonb_build_object('order_id', id, 'client_request_id', id, 'park_reason', 'by hand'))
          AS copy FROM order_ledger AS ledger, unnest(${copies}::uuid[]) AS id WHERE ledger.order_id = ${order}) AS copied`
      yield* sql`
      INSERT INTO saga_queue (organization_id, order_id, visible_at, saga_version)
      SELECT organization_id, order_id, 'infinity', saga_version FROM order_ledger WHERE order_id = ANY (${copies}::uuid[])`
      return sql<{ resumed: number }>`
      SELECT count(*)::int AS resumed FROM order_timeline WHERE outcome = 'RESUMED'`
    })

    it.effect(
      "says how far it is, stops at once when it is told to or nobody reads on, and goes on from where it was",
      () =>
        Effect.gen(function* () {
          const { environment } = yield* OwnDatabases
          const resumed = Effect.map(yield* manyParked, ([row]) => row?.resumed ?? 0)
          const flags = ["--parked", "--reason", "All of them"]
          const unread = yield* spawnValerix(["saga", "resume", ...flags], environment)
          unread.child.stdout?.destroy()
          const left = yield* Effect.promise(() => unread.gone)
          assert.strictEqual(left.code, 1, left.stderr)
          assert.notInclude(left.stderr, "EPIPE")
          assert.match(left.stderr, /\nStopped: \d+ orders touched\. To go on: .* --after \S+\n$/)
          const unreadOnes = yield* resumed
          assert.isAbove(unreadOnes, 0)
          assert.isBelow(unreadOnes, MANY)
          const running = yield* spawnValerix(["saga", "resume", ...flags], environment)
          running.child.stderr?.once("data", () => running.child.kill("SIGINT"))
          const stopped = yield* Effect.promise(() => running.gone)
          assert.strictEqual(stopped.code, 130, stopped.stderr)
          assert.match(stopped.stderr, /^\d+ orders touched, 0 had moved; now after \S+\nStopped: /)
          const after = /valerix saga resume, with the same flags with --after (\S+)\n$/.exec(stopped.stderr)?.[1] ?? ""
          const before = yield* resumed
          assert.isAbove(before, unreadOnes)
          assert.isBelow(before, MANY)
          const rest = yield* saga("resume", ...flags, "--after", after)
          assert.strictEqual(rest.code, 0, rest.stderr)
          assert.match(rest.stderr, new RegExp(`${MANY - before} orders touched\\.\\n$`))
          assert.strictEqual(yield* resumed, MANY)
        })
    )
  }
)
