import { userInfo } from "node:os"
import { assert, layer } from "@effect/vitest"
import { FindingView } from "@valerix/checkout/contract"
import { makeOrderId } from "@valerix/money-and-ids"
import { DEMO_ORGANIZATION_ID } from "@valerix/tenancy"
import { Effect, Schema } from "effect"
import { makeTestClient, orderIn } from "../support/TestClient.ts"
import { layerOwnDatabases, OwnDatabases } from "./support/OwnDatabases.ts"
import { runValerix, spawnValerix, startValerix } from "./support/Valerix.ts"

const verify = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(OwnDatabases, ({ environment }) => runValerix(["verify", ...args], environment))

const ANOTHER_ORGANIZATION = "01900000-0000-7000-8000-0000000000f4"

const decodeHandled = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Struct({
      ...FindingView.fields,
      handling: Schema.Struct({ outcome: Schema.Literals(["REPAIR", "PERSON"]), detail: Schema.NonEmptyString })
    })
  )
)

layer(layerOwnDatabases(), { excludeTestServices: true, timeout: "180 seconds" })("valerix verify --repair", (it) => {
  it.effect(
    "proposes, mends when it is told to, and tells what is left, beside the program that executes orders",
    () =>
      Effect.gen(function* () {
        const { environment, owner, passwords } = yield* OwnDatabases
        const program = yield* startValerix(environment)
        const client = makeTestClient(program.url)
        yield* client.product("MEND", 100)
        const place = Effect.suspend(() =>
          Effect.map(client.order({ product_id: "MEND", quantity: 1 }, { wait: 10 }), (answer) => orderIn(answer).id)
        )
        const unsold = yield* place
        const unconfirmed = yield* place
        const limbo = yield* place
        const wrong = yield* place
        const sound = yield* verify("--repair")
        assert.deepStrictEqual([sound.code, sound.stderr], [0, ""])
        assert.match(sound.stdout, /^All promises hold: 4 orders of 1 organization checked\.\n$/)

        yield* owner("orders")`
        UPDATE sales_orders SET status = 'PENDING', confirmed_at = NULL WHERE order_id = ${unconfirmed}::uuid`
        yield* owner("checkout")`UPDATE order_ledger SET status = 'FAILED' WHERE order_id = ${unsold}::uuid`
        yield* owner("checkout")`UPDATE order_ledger SET status = 'INVENTORY_RESERVED' WHERE order_id = ${limbo}::uuid`
        yield* owner(
          "mock_provider"
        )`UPDATE captures SET amount_minor = amount_minor - 1 WHERE order_reference = ${wrong}`

        const proposed = yield* verify("--repair")
        assert.strictEqual(proposed.code, 1)
        for (const repair of [
          /limbo .*\n {2}REPAIR {2}put it back into the queue, where it goes on from INVENTORY_RESERVED\n/,
          /completed_without_confirmation .*\n {2}REPAIR {2}confirm the sales order, because the order is COMPLETED\n/,
          /failed_with_capture .*\n {2}REPAIR {2}settle generation 1 of its payment/,
          /captured_amount_mismatch .*\n {2}PERSON {2}Compare with the provider's statement/
        ]) {
          assert.match(proposed.stdout, repair)
        }
        assert.match(proposed.stderr, /^8 findings: --apply would repair 6; nothing was changed\.\n/)
        const asJson = yield* verify("--repair", "--json")
        const handled = asJson.stdout
          .trimEnd()
          .split("\n")
          .map((line) => decodeHandled(line))
        assert.deepStrictEqual(
          [asJson.code, handled.length, handled.filter(({ handling }) => handling.outcome === "REPAIR").length],
          [1, 8, 6]
        )
        const [untouched] = yield* owner("checkout")<{ count: number }>`SELECT count(*)::int AS count FROM repairs`
        assert.strictEqual(untouched?.count, 0)

        const ofCode = yield* verify(
          ...["--repair", "--apply", "--code", "completed_without_confirmation", "--reason", "Monday"]
        )
        assert.deepStrictEqual(
          [ofCode.code, ofCode.stderr.split("\n")[0]],
          [0, "1 finding: 1 mended, 0 moved meanwhile, 0 left to a person, 0 failed."]
        )
        const elsewhere = yield* verify(
          "--repair",
          "--apply",
          "--organization",
          ANOTHER_ORGANIZATION,
          "--reason",
          "Monday"
        )
        assert.strictEqual(elsewhere.code, 0, elsewhere.stdout)

        const applied = yield* verify("--repair", "--apply", "--reason", "Monday")
        assert.strictEqual(applied.code, 1)
        assert.match(applied.stderr, /^7 findings: 5 mended, 0 moved meanwhile, 2 left to a person, 0 failed\.\n/)
        assert.match(applied.stderr, /valerix: 2 findings: promises are broken\.\n$/)
        assert.match(
          applied.stdout,
          /failed_with_stock .*\n {2}MENDED {2}release the stock, because the order is FAILED\n/
        )
        assert.match(
          applied.stdout,
          /provider_disagrees .*\n {2}LEFT {2}Compare the payment with the provider's statement/
        )

        assert.strictEqual((yield* client.ended(limbo)).ledger_status, "COMPLETED")
        yield* owner(
          "mock_provider"
        )`UPDATE captures SET amount_minor = amount_minor + 1 WHERE order_reference = ${wrong}`
        const again = yield* verify("--repair", "--apply", "--reason", "Monday")
        assert.deepStrictEqual([again.code, again.stderr], [0, ""])
        const kept = yield* owner("checkout")<{ code: string; principal: string; reason: string }>`
        SELECT code, principal, reason FROM repairs ORDER BY code`
        const who = `cli:${userInfo().username}`
        assert.deepStrictEqual(
          kept.map((row) => [row.code, row.principal, row.reason]),
          [
            "completed_without_confirmation",
            "event_missing",
            "failed_with_capture",
            "failed_with_sales_order",
            "failed_with_stock",
            "order_in_limbo"
          ].map((code) => [code, who, "Monday"])
        )
        const story = yield* runValerix(["saga", "show", unsold], environment)
        for (const told of ["◆ REPAIRED", `by ${who}: failed_with_stock: release the stock`]) {
          assert.include(story.stdout, told)
        }
        for (const password of passwords) assert.notInclude(applied.stdout + applied.stderr, password)
      }),
    300_000
  )

  it.effect("refuses what is unclear, and names the flag", () =>
    Effect.forEach(
      [
        [["--apply", "--reason", "r"], "--repair"],
        [["--repair", "--apply"], "--reason"],
        [["--repair", "--apply", "--reason", " "], "--reason"],
        [["--repair", "--reason", "r"], "--apply"],
        [["--code", "no_such_code"], "--code"],
        [["--organization", "nobody"], "--organization"]
      ] as const,
      Effect.fnUntraced(function* ([args, said]) {
        const refused = yield* verify(...args)
        assert.strictEqual(refused.code, 2, args.join(" "))
        assert.include(refused.stderr, said, args.join(" "))
      }),
      { concurrency: 2, discard: true }
    )
  )
})

const MANY = 300

layer(layerOwnDatabases(), { excludeTestServices: true, timeout: "120 seconds" })(
  "a long run of valerix verify --repair --apply",
  (it) => {
    it.effect("is stopped at once, says how to go on, and does nothing twice", () =>
      Effect.gen(function* () {
        const { environment, owner } = yield* OwnDatabases
        const migrated = yield* runValerix(["migrate", "up"], environment)
        assert.strictEqual(migrated.code, 0, migrated.stderr)
        const sql = owner("checkout")
        const lost = `{${Array.from({ length: MANY }, () => makeOrderId()).join(",")}}`
        yield* sql`
          INSERT INTO saga_queue (organization_id, order_id, visible_at, saga_version)
          SELECT ${DEMO_ORGANIZATION_ID}::uuid, id, 'infinity', 1 FROM unnest(${lost}::uuid[]) AS id`
        const mended = Effect.map(
          sql<{ count: number }>`SELECT count(*)::int AS count FROM repairs WHERE outcome = 'MENDED'`,
          ([row]) => row?.count ?? 0
        )
        const flags = ["--repair", "--apply", "--reason", "Restored"]
        const running = yield* spawnValerix(["verify", ...flags], environment)
        running.child.stdout?.once("data", () => running.child.kill("SIGINT"))
        const stopped = yield* Effect.promise(() => running.gone)
        assert.strictEqual(stopped.code, 130, stopped.stderr)
        const after = /Stopped\. To go on: valerix verify, with the same flags and --after (\S+)\n$/.exec(
          stopped.stderr
        )?.[1]
        assert.strictEqual(after, `${DEMO_ORGANIZATION_ID}/checkout.queue`)
        const before = yield* mended
        assert.isBelow(before, MANY)
        const rest = yield* verify(...flags, "--after", after ?? "")
        assert.strictEqual(rest.code, 0, rest.stderr)
        assert.match(rest.stderr, /^\d+ findings: \d+ mended, 0 moved meanwhile, 0 left to a person, 0 failed\.$/m)
        // What was cut off between its deed and its record is without an outcome, and done.
        assert.isAtLeast(yield* mended, MANY - 1)
        const [queued] = yield* sql<{ count: number }>`SELECT count(*)::int AS count FROM saga_queue`
        assert.strictEqual(queued?.count, 0)
      })
    )
  }
)
