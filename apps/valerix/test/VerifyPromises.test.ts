import { assert, layer } from "@effect/vitest"
import type { Progress } from "@valerix/checkout"
import type { Finding } from "@valerix/tenancy"
import { Effect, Schema } from "effect"
import { breakPromises, sabotages } from "./support/Sabotages.ts"
import { orderIn, organizationHeader } from "./support/TestClient.ts"
import { layerTestProgram, TestProgram, testTopology } from "./support/TestProgram.ts"

const Report = Schema.Struct({
  clean: Schema.Boolean,
  orders: Schema.Int,
  findings: Schema.Array(
    Schema.Struct({ code: Schema.String, organization_id: Schema.String, subject: Schema.String })
  ),
  next_cursor: Schema.NullOr(Schema.String)
})

/** A message may say how long something has lasted. */
const withoutMessage = ({ message: _, ...finding }: Finding) => finding

const saidOf = (findings: ReadonlyArray<Finding>, orderId: string | undefined) =>
  findings.filter(({ subject }) => subject === orderId).map(({ code, promise }) => `${promise} ${code}`)

layer(layerTestProgram(testTopology(), { breaksPromises: true }), {
  excludeTestServices: true,
  timeout: "180 seconds"
})("verify", (it) => {
  it.effect("is told which order broke which promise, and why, wherever it goes on from", () =>
    Effect.gen(function* () {
      const { client, owner, verify } = yield* TestProgram
      yield* client.product("SOUND", 1_000)
      const orders = yield* Effect.forEach(
        sabotages,
        () =>
          Effect.map(client.order({ product_id: "SOUND", quantity: 1 }, { wait: 10 }), (answer) => orderIn(answer).id),
        { concurrency: 4 }
      )
      assert.deepStrictEqual((yield* verify.ofAll).findings, [])
      yield* breakPromises(owner, orders)

      const parts: Array<Progress> = []
      const { findings } = yield* verify.from(undefined, (part) => Effect.sync(() => parts.push(part)))
      for (const [index, { finds, what }] of sabotages.entries()) {
        assert.includeMembers(saidOf(findings, orders[index]), [...finds], what)
      }
      for (const { message } of findings) assert.isNotEmpty(message)
      assert.isAbove(parts.length, 10)
      for (const [index, { next }] of parts.entries()) {
        if (index % 4 !== 0) continue
        const before = parts.slice(0, index + 1).flatMap((part) => part.findings)
        const rest = next === undefined ? [] : (yield* verify.from(next, () => Effect.void)).findings
        assert.deepStrictEqual([...before, ...rest].map(withoutMessage), findings.map(withoutMessage))
      }
    })
  )

  it.effect("is answered over HTTP part by part, for the caller's organization alone", () =>
    Effect.gen(function* () {
      const { client, owner } = yield* TestProgram
      const organization = "01900000-0000-7000-8000-0000000000f1"
      const other = "01900000-0000-7000-8000-0000000000f2"
      const BROKEN = 2_300
      yield* owner("checkout")`
        INSERT INTO order_ledger (organization_id, order_id, principal, client_request_id, request_hash, customer_id,
          currency, total_minor, adjustments, payment_method, saga_version)
        SELECT ${organization}::uuid, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'p', 'broken-' || n,
          '', gen_random_uuid(), 'EUR', 1, '[]', 'card', 1 FROM generate_series(1, ${BROKEN}::int) AS n`

      const decode = Schema.decodeUnknownEffect(Report)
      const ask = (by: string, cursor?: string) =>
        client.call("GET", `/api/v1/verify${cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`}`, {
          headers: organizationHeader(by)
        })
      const subjects: Array<string> = []
      let parts = 0
      let orders = 0
      let cursor: string | undefined
      do {
        const answer = yield* ask(organization, cursor)
        assert.strictEqual(answer.status, 200)
        const report = yield* decode(answer.body)
        assert.strictEqual(report.clean, report.findings.length === 0)
        for (const finding of report.findings) assert.strictEqual(finding.organization_id, organization)
        subjects.push(...report.findings.map(({ code, subject }) => `${code} ${subject}`))
        orders += report.orders
        parts += 1
        cursor = report.next_cursor ?? undefined
      } while (cursor !== undefined)
      assert.isAbove(parts, 2)
      assert.strictEqual(orders, BROKEN)
      assert.lengthOf(subjects, 2 * BROKEN)
      assert.strictEqual(new Set(subjects).size, 2 * BROKEN)

      const sound = yield* decode((yield* ask(other)).body)
      assert.deepInclude(sound, { clean: true, findings: [], next_cursor: null, orders: 0 })
      const forged = (position: unknown) => Buffer.from(JSON.stringify(position)).toString("base64url")
      for (const bad of ["x", forged(["checkout.none", null]), forged(["across", "not-an-id"]), forged([1, 2])]) {
        assert.strictEqual((yield* ask(organization, bad)).status, 400, bad)
      }
    })
  )
})
