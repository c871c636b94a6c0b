import { assert, layer } from "@effect/vitest"
import { type Progress, RepairFindings, VerifyPromises } from "@valerix/checkout"
import { OrganizationId } from "@valerix/money-and-ids"
import { DEMO_ORGANIZATION_ID, type Finding } from "@valerix/tenancy"
import { Effect, Layer } from "effect"
import { layerChecksAndRepairs } from "../src/Topology.ts"
import { breakPromises, sabotages } from "./support/Sabotages.ts"
import { orderIn } from "./support/TestClient.ts"
import { layerTestProgram, TestProgram, testTopology } from "./support/TestProgram.ts"

/** What the program's own command has, beside the program. */
const layerBeside = () =>
  Layer.unwrap(Effect.map(TestProgram, ({ databases }) => layerChecksAndRepairs(databases, testTopology()))).pipe(
    Layer.provideMerge(layerTestProgram(testTopology(), { breaksPromises: true }))
  )

/** There is no timeline to write into. */
const LOST_WITH_LEDGER = /_without_order$/

const LOST = ["sales_order_without_order", "reservation_without_order", "payment_without_order"]
const TWIN = "3 key_used_twice"
const ADA = { principal: "cli:ada", reason: "The disk was full", named: LOST }

/** Everything that is found, with the check that found it. */
const findAll = Effect.gen(function* () {
  const verify = yield* VerifyPromises
  const found: Array<{ readonly check: string; readonly finding: Finding }> = []
  yield* verify.from(undefined, ({ at, findings }: Progress) =>
    Effect.sync(() => found.push(...findings.map((finding) => ({ check: at.check, finding }))))
  )
  return found
})

const saidOf = (found: ReadonlyArray<{ readonly finding: Finding }>, subject: string | undefined) => [
  ...new Set(
    found
      .filter(({ finding }) => finding.subject === subject)
      .map(({ finding }) => `${finding.promise} ${finding.code}`)
  )
]

const confirmed = (sku: string, count: number) =>
  Effect.gen(function* () {
    const { client } = yield* TestProgram
    return yield* Effect.forEach(
      Array.from({ length: count }),
      () => Effect.map(client.order({ product_id: sku, quantity: 1 }, { wait: 10 }), (answer) => orderIn(answer).id),
      { concurrency: 4 }
    )
  })

const recorded = Effect.flatMap(
  TestProgram,
  ({ owner }) =>
    owner("checkout")<{
      code: string
      subject: string
      outcome: string
      principal: string
      reason: string
      repair: string
    }>`SELECT code, subject, outcome, principal, reason, repair FROM repairs ORDER BY repair_id`
)

const noted = (orderId: string | undefined) =>
  Effect.flatMap(
    TestProgram,
    ({ owner }) => owner("checkout")<{ outcome: string; detail: string }>`
      SELECT outcome, detail FROM order_timeline WHERE order_id = ${orderId ?? null}::uuid AND principal = ${ADA.principal}
      ORDER BY entry`
  )

layer(layerBeside(), { excludeTestServices: true, timeout: "180 seconds" })("repairs", (it) => {
  it.effect("mends what the product can mend, records who did what and why, and leaves the rest to a person", () =>
    Effect.gen(function* () {
      const { client, owner } = yield* TestProgram
      const repairs = yield* RepairFindings
      yield* client.product("SOUND", 1_000)
      const orders = yield* confirmed("SOUND", sabotages.length)
      assert.deepStrictEqual(yield* findAll, [])
      yield* breakPromises(owner, orders)
      const broken = yield* findAll

      const proposals = yield* Effect.forEach(broken, ({ finding }) => repairs.propose(finding))
      for (const { what } of proposals) assert.isNotEmpty(what)
      assert.deepStrictEqual(
        (yield* findAll).map(({ finding }) => `${finding.code} ${finding.subject}`),
        broken.map(({ finding }) => `${finding.code} ${finding.subject}`)
      )
      assert.deepStrictEqual(yield* recorded, [])

      const outcomes = yield* Effect.forEach(broken, (one) => repairs.apply(one, ADA))
      for (const [index, { ends }] of sabotages.entries()) {
        if (ends === undefined) continue
        assert.strictEqual((yield* client.ended(orders[index] ?? "")).ledger_status, ends, sabotages[index]?.what)
      }
      const left = yield* findAll
      for (const [index, { finds, leaves = finds, what }] of sabotages.entries()) {
        // The order whose key was taken by another one is found with it.
        const found = saidOf(left, orders[index]).filter((said) => said !== TWIN || finds.includes(TWIN))
        assert.sameMembers(found, [...leaves], what)
      }
      for (const [index, { outcome }] of outcomes.entries()) {
        const { finding } = broken[index] ?? assert.fail()
        const isLeft = saidOf(left, finding.subject).includes(`${finding.promise} ${finding.code}`)
        assert.include(isLeft ? ["LEFT"] : ["MENDED", "MOVED"], outcome, JSON.stringify(finding))
        if (proposals[index]?.mend === undefined) assert.notStrictEqual(outcome, "MENDED", finding.code)
      }

      const kept = yield* recorded
      for (const { outcome, principal, reason, repair } of kept) {
        assert.deepStrictEqual([outcome, principal, reason], ["MENDED", ADA.principal, ADA.reason])
        assert.isNotEmpty(repair)
      }
      const mended = broken.filter((_, index) => outcomes[index]?.outcome === "MENDED")
      assert.deepStrictEqual(
        kept.map(({ code, subject }) => `${code} ${subject}`),
        mended.map(({ finding }) => `${finding.code} ${finding.subject}`)
      )
      for (const { finding } of mended) {
        if (!orders.includes(finding.subject) || LOST_WITH_LEDGER.test(finding.code)) continue
        const entries = yield* noted(finding.subject)
        assert.isTrue(
          entries.some(({ detail }) => detail.includes(finding.code) && detail.includes(ADA.reason)),
          `${finding.code}: ${JSON.stringify(entries)}`
        )
      }

      for (const one of broken)
        assert.notStrictEqual((yield* repairs.apply(one, ADA)).outcome, "MENDED", one.finding.code)
      assert.lengthOf(yield* recorded, kept.length)
    })
  )
})

layer(layerBeside(), { excludeTestServices: true, timeout: "120 seconds" })("a repair", (it) => {
  it.effect(
    "counts a balance again from what is known of it, and leaves one to a person whose movements are broken",
    () =>
      Effect.gen(function* () {
        const { client, owner } = yield* TestProgram
        const repairs = yield* RepairFindings
        const sql = owner("inventory")
        const balance = (productId: string) =>
          Effect.map(
            sql<{ on_hand: number; reserved: number }>`
            SELECT on_hand::int, reserved::int FROM inventory_balances WHERE product_id = ${productId}::uuid`,
            ([row]) => [row?.on_hand, row?.reserved]
          )
        const [reserved = "", onHand = "", broken = ""] = yield* Effect.forEach(
          ["RESERVED", "ON-HAND", "BROKEN"],
          (sku) => client.product(sku, 10)
        )
        yield* confirmed("RESERVED", 2)
        yield* sql`UPDATE inventory_balances SET reserved = 7 WHERE product_id = ${reserved}::uuid`
        yield* sql`UPDATE inventory_balances SET on_hand = 11 WHERE product_id = ${onHand}::uuid`
        yield* sql`
        INSERT INTO inventory_transactions (organization_id, transaction_id, product_id, location_id, type, quantity,
          on_hand_after, reason, created_by)
        SELECT organization_id, gen_random_uuid(), product_id, location_id, 'receipt', 5, 40, 'correction', 'nobody'
        FROM inventory_balances WHERE product_id = ${broken}::uuid`
        const products = [reserved, onHand, broken]
        const found = (yield* findAll).filter(({ finding }) => products.includes(finding.subject))
        assert.sameMembers(
          found.map(({ finding }) => `${finding.code} ${finding.subject}`),
          [`reserved_mismatch ${reserved}`, `on_hand_mismatch ${onHand}`, `on_hand_mismatch ${broken}`]
        )
        for (const one of found) {
          const { detail, outcome } = yield* repairs.apply(one, ADA)
          assert.strictEqual(outcome, one.finding.subject === broken ? "LEFT" : "MENDED", detail)
        }
        assert.deepStrictEqual(yield* Effect.forEach(products, balance), [
          [10, 2],
          [10, 0],
          [10, 0]
        ])
        const left = (yield* findAll).filter(({ finding }) => products.includes(finding.subject))
        assert.deepStrictEqual(
          left.map(({ finding }) => finding.subject),
          [broken]
        )
        const kept = (yield* recorded).filter(({ subject }) => products.includes(subject))
        assert.sameMembers(
          kept.map(({ outcome, principal, subject }) => `${subject} ${outcome} ${principal}`),
          products.map((product) => `${product} ${product === broken ? "LEFT" : "MENDED"} cli:ada`)
        )
      })
  )

  it.effect("undoes what is left of a lost order only when its code is named", () =>
    Effect.gen(function* () {
      const { client, owner } = yield* TestProgram
      const repairs = yield* RepairFindings
      const verify = yield* VerifyPromises
      yield* client.product("LOST", 10)
      const [order = ""] = yield* confirmed("LOST", 1)
      yield* owner("checkout")`DELETE FROM order_ledger WHERE order_id = ${order}::uuid`
      const lost = (yield* findAll).filter(({ finding }) => finding.subject === order && LOST.includes(finding.code))
      assert.lengthOf(lost, LOST.length)
      for (const one of lost) {
        const { detail, outcome } = yield* repairs.apply(one, { ...ADA, named: [] })
        assert.strictEqual(outcome, "LEFT")
        assert.include(detail, `--code ${one.finding.code}`)
        assert.isTrue(yield* verify.isStillFound(one.check, one.finding))
      }
      const [held] = yield* owner("inventory")<{ status: string }>`
        SELECT status FROM inventory_reservations WHERE order_id = ${order}::uuid`
      assert.strictEqual(held?.status, "RESERVED")
      assert.isEmpty((yield* recorded).filter(({ subject }) => subject === order))
    })
  )

  it.effect("does nothing to what is not as it was found any more", () =>
    Effect.gen(function* () {
      const { client, owner } = yield* TestProgram
      const repairs = yield* RepairFindings
      yield* client.product("MOVED", 10)
      const [queued = "", leased = "", failed = ""] = yield* confirmed("MOVED", 3)
      const sql = owner("checkout")
      yield* sql`
        INSERT INTO saga_queue (organization_id, order_id, saga_version, visible_at)
        SELECT organization_id, order_id, saga_version, now() + interval '1 day' FROM order_ledger
        WHERE order_id = ${queued}::uuid`
      yield* sql`
        INSERT INTO edge_leases (organization_id, order_id, generation, leased_until)
        SELECT organization_id, order_id, generation, now() + interval '1 day' FROM order_ledger
        WHERE order_id = ${leased}::uuid`
      yield* sql`UPDATE order_ledger SET status = 'FAILED' WHERE order_id = ${failed}::uuid`
      const ofThese = (found: Effect.Success<typeof findAll>) =>
        found.filter(({ finding }) => [queued, leased, failed].includes(finding.subject))
      const found = ofThese(yield* findAll)
      assert.lengthOf(found, 6)
      // Somebody cancels the first one meanwhile; the others are put right by hand.
      yield* sql`UPDATE order_ledger SET status = 'COMPENSATING', updated_at = now() WHERE order_id = ${queued}::uuid`
      yield* sql`DELETE FROM edge_leases WHERE order_id = ${leased}::uuid`
      yield* sql`UPDATE order_ledger SET status = 'COMPLETED' WHERE order_id = ${failed}::uuid`
      for (const one of found) {
        assert.strictEqual((yield* repairs.apply(one, ADA)).outcome, "MOVED", one.finding.code)
      }
      assert.isEmpty((yield* recorded).filter(({ subject }) => [queued, leased, failed].includes(subject)))
      const [kept] = yield* sql<{ count: number }>`
        SELECT count(*)::int AS count FROM saga_queue WHERE order_id = ${queued}::uuid`
      assert.strictEqual(kept?.count, 1)
      assert.isEmpty(ofThese(yield* findAll))
    })
  )

  it.effect("is refused by the participant that has heard of a newer turn of the order", () =>
    Effect.gen(function* () {
      const { client, owner } = yield* TestProgram
      const repairs = yield* RepairFindings
      yield* client.product("NEWER", 10)
      const [order = ""] = yield* confirmed("NEWER", 1)
      yield* owner(
        "orders"
      )`UPDATE sales_orders SET status = 'PENDING', confirmed_at = NULL WHERE order_id = ${order}::uuid`
      yield* owner("orders")`UPDATE saga_fences SET epoch = epoch + 1 WHERE saga_id = ${order}::uuid`
      const [one] = (yield* findAll).filter(({ finding }) => finding.subject === order)
      assert.strictEqual(one?.finding.code, "completed_without_confirmation")
      if (one === undefined) return
      assert.strictEqual((yield* repairs.apply(one, ADA)).outcome, "LEFT")
      const [sale] = yield* owner("orders")<{ status: string }>`
        SELECT status FROM sales_orders WHERE order_id = ${order}::uuid`
      assert.strictEqual(sale?.status, "PENDING")
      yield* owner("orders")`UPDATE saga_fences SET epoch = epoch - 1 WHERE saga_id = ${order}::uuid`
      assert.strictEqual((yield* repairs.apply(one, ADA)).outcome, "MENDED")
    })
  )

  it.effect("has failed when the participant does not answer, says so, and can be done again", () =>
    Effect.gen(function* () {
      const { client, owner } = yield* TestProgram
      const repairs = yield* RepairFindings
      yield* client.product("AWAY", 10)
      const [order = ""] = yield* confirmed("AWAY", 1)
      yield* owner("orders")`
        UPDATE sales_orders SET status = 'PENDING', confirmed_at = NULL WHERE order_id = ${order}::uuid`
      const [one] = (yield* findAll).filter(({ finding }) => finding.subject === order)
      if (one === undefined) return assert.fail("nothing was found")
      yield* owner("orders")`REVOKE UPDATE ON sales_orders FROM orders_service`
      assert.strictEqual((yield* repairs.apply(one, ADA)).outcome, "FAILED")
      yield* owner("orders")`GRANT UPDATE ON sales_orders TO orders_service`
      assert.strictEqual((yield* repairs.apply(one, ADA)).outcome, "MENDED")
      assert.deepStrictEqual(
        (yield* recorded).filter(({ subject }) => subject === order).map(({ outcome }) => outcome),
        ["FAILED", "MENDED"]
      )
    })
  )

  it.effect("never touches the rows of another organization", () =>
    Effect.gen(function* () {
      const { client, owner } = yield* TestProgram
      const repairs = yield* RepairFindings
      yield* client.product("THEIRS", 10)
      const [order = ""] = yield* confirmed("THEIRS", 1)
      yield* owner("checkout")`
        INSERT INTO saga_queue (organization_id, order_id, saga_version, visible_at)
        SELECT organization_id, order_id, saga_version, now() + interval '1 day' FROM order_ledger
        WHERE order_id = ${order}::uuid`
      const [one] = (yield* findAll).filter(({ finding }) => finding.subject === order)
      if (one === undefined) return assert.fail("nothing was found")
      assert.strictEqual(one.finding.organizationId, DEMO_ORGANIZATION_ID)
      const theirs = { ...one.finding, organizationId: OrganizationId.make("01900000-0000-7000-8000-0000000000f3") }
      assert.strictEqual((yield* repairs.apply({ ...one, finding: theirs }, ADA)).outcome, "MOVED")
      assert.strictEqual((yield* repairs.apply(one, ADA)).outcome, "MENDED")
    })
  )
})
