import { assert } from "@effect/vitest"
import { Effect } from "effect"
import fc from "fast-check"
import { type Authorization, OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { type Bench, promises } from "../../support/Bench.ts"
import { eventsOf, leasesOf, leasesRunOut, ledgerRow, orderOfKey, queueRow } from "../../support/Books.ts"
import { abandoned, authorized, declined, LEASE_MS } from "../../support/Orders.ts"
import { makeOrganization, newEntry, tenantOf } from "../../support/Samples.ts"

const ENTRIES = 3

type Ending = "authorized" | "declined" | "abandoned" | "dies"

/** What somebody does, one thing after the other, while others do the same. */
type Deed =
  | { readonly does: "place"; readonly entries: ReadonlyArray<number>; readonly endings: ReadonlyArray<Ending> }
  | { readonly does: "sweep"; readonly limit: number; readonly settles: boolean }
  | { readonly does: "cancel"; readonly entry: number }
  | { readonly does: "leases run out" }

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant("place" as const),
      entries: fc.uniqueArray(fc.nat(ENTRIES - 1), { minLength: 1, maxLength: ENTRIES }),
      endings: fc.array(fc.constantFrom<Ending>("authorized", "declined", "abandoned", "abandoned", "dies"), {
        minLength: ENTRIES,
        maxLength: ENTRIES
      })
    })
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("sweep" as const),
      limit: fc.integer({ min: 1, max: 4 }),
      settles: fc.boolean()
    })
  },
  { weight: 4, arbitrary: fc.constant<Deed>({ does: "leases run out" }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("cancel" as const), entry: fc.nat(ENTRIES - 1) }) }
)
const company = fc.array(fc.array(deed, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 5 })

const nameOf = ({ generation, orderId }: Pick<Authorization, "generation" | "orderId">) => `${orderId}/${generation}`

const CONCLUSIONS = { authorized, declined, abandoned }

const goesWell = Effect.fnUntraced(function* (people: ReadonlyArray<ReadonlyArray<Deed>>) {
  const ledger = yield* OrderLedger
  const tenant = tenantOf(makeOrganization())
  const entries = Array.from({ length: ENTRIES }, () => newEntry({ tenant }))
  const begun: Array<string> = []
  const kept = new Map<string, Ending>()
  const swept = new Set<string>()
  const cancelled = new Set<string>()

  const sweep = Effect.fnUntraced(function* (limit: number, settles: boolean) {
    const taken = yield* ledger.abandonExpired({ limit, retryMs: LEASE_MS })
    for (const one of taken) swept.add(nameOf(one))
    if (settles) yield* ledger.forgetSettled(taken)
    return taken.length
  })

  const place = Effect.fnUntraced(function* (which: ReadonlyArray<number>, endings: ReadonlyArray<Ending>) {
    const chosen = which.flatMap((index) => entries[index] ?? [])
    const results = yield* ledger.begin(chosen, LEASE_MS)
    const mine = results.flatMap((one) => (one._tag === "Begun" ? [one.authorization] : []))
    begun.push(...mine.map(nameOf))
    const ended = mine.flatMap((authorization, index) => {
      const ending = endings[index] ?? "dies"
      return ending === "dies" ? [] : [{ ending, authorization }]
    })
    if (ended.length === 0) return
    const isOurs = yield* ledger.conclude(ended.map(({ authorization, ending }) => CONCLUSIONS[ending](authorization)))
    for (const [index, { authorization, ending }] of ended.entries()) {
      if (isOurs[index] === true) kept.set(nameOf(authorization), ending)
    }
  })

  const act = Effect.fnUntraced(function* (one: Deed) {
    switch (one.does) {
      case "place":
        return yield* place(one.entries, one.endings)
      case "sweep":
        yield* sweep(one.limit, one.settles)
        return
      case "leases run out":
        return yield* leasesRunOut
      case "cancel": {
        const entry = entries[one.entry]
        const orders = yield* ledger.list(tenant.organizationId, {
          states: undefined,
          customerId: undefined,
          beforeOrderId: undefined,
          limit: ENTRIES
        })
        const order = orders.find((some) => some.clientRequestId === entry?.idempotencyKey)
        if (order === undefined) return
        cancelled.add(order.orderId)
        yield* ledger.requestCancel(tenant.organizationId, order.orderId)
      }
    }
  })

  // Every entry is there from the beginning, and its first edge dies.
  yield* place([...entries.keys()], [])
  yield* Effect.forEach(people, (deeds) => Effect.forEach(deeds, act), { concurrency: "unbounded" })
  // Afterwards the sweep has all the time that it needs.
  yield* leasesRunOut
  yield* Effect.repeat(sweep(10, true), { while: (taken) => taken > 0 })

  assert.strictEqual(new Set(begun).size, begun.length, "each generation is begun by one edge")
  for (const { idempotencyKey } of entries) {
    const orderId = yield* orderOfKey(idempotencyKey)
    const row = yield* ledgerRow(orderId)
    const generations = Array.from({ length: row.generation }, (_, index) => nameOf({ orderId, generation: index + 1 }))
    assert.sameMembers(
      begun.filter((name) => name.startsWith(orderId)),
      generations
    )
    const definite = generations.filter((name) => kept.get(name) === "authorized" || kept.get(name) === "declined")
    assert.isAtMost(definite.length, 1, "one answer is final")
    const newest = nameOf({ orderId, generation: row.generation })
    for (const name of generations) {
      // Money is held for the authorization that was answered, or it is given back: never both, never neither.
      assert.strictEqual(swept.has(name), !definite.includes(name), `${name} ${kept.get(name)} ${row.status}`)
    }
    const isAuthorized = kept.get(newest) === "authorized"
    assert.strictEqual(row.status === "AUTHORIZED", isAuthorized, `${row.status} ${kept.get(newest)}`)
    assert.strictEqual((yield* queueRow(orderId)) !== undefined, isAuthorized)
    assert.deepStrictEqual(yield* eventsOf(orderId), isAuthorized ? ["order.authorized"] : [])
    const isFailed = kept.get(newest) === "declined" || (cancelled.has(orderId) && !isAuthorized)
    assert.strictEqual(row.status === "AUTHORIZATION_FAILED", isFailed, `${row.status} ${kept.get(newest)}`)
    assert.deepStrictEqual(yield* leasesOf(orderId), [])
  }
})

promises("edges, retries, sweeps and cancellations that meet in the ledger", (promise) => {
  promise("leave every authorization either answered once and executed, or settled", () =>
    Effect.gen(function* () {
      const context = yield* Effect.context<Bench>()
      const property = fc.asyncProperty(company, (people) =>
        Effect.runPromise(Effect.provide(goesWell(people), context))
      )
      yield* Effect.promise(() => fc.assert(property, { numRuns: 40 }))
    })
  )
})
