import { assert } from "@effect/vitest"
import { MinorUnits } from "@valerix/money-and-ids"
import { TenantTransactions } from "@valerix/tenancy"
import { Effect, Exit } from "effect"
import { type LockedOrder, SalesOrderRepository } from "../../src/application/ports/SalesOrderRepository.ts"
import type { CreateSalesOrder } from "../../src/contract/index.ts"
import { type Key, makeOrganizationId, sampleOrder } from "../SampleOrders.ts"

export type RepositoryBench = SalesOrderRepository | TenantTransactions

/** Does something with the repository in one transaction of the orders' organizations. */
export const inTransaction = <A, E>(
  orders: ReadonlyArray<Key>,
  work: (repository: SalesOrderRepository["Service"]) => Effect.Effect<A, E>
) =>
  Effect.gen(function* () {
    const transactions = yield* TenantTransactions
    const repository = yield* SalesOrderRepository
    return yield* transactions.run(orders.map(({ organizationId }) => organizationId))(work(repository))
  })

const insert = (...orders: ReadonlyArray<CreateSalesOrder>) =>
  inTransaction(orders, (repository) => repository.insert(orders))
const lock = (...orders: ReadonlyArray<Key>) => inTransaction(orders, (repository) => repository.lock(orders))
const moveTo = (status: "CONFIRMED" | "CANCELLED", ...orders: ReadonlyArray<Key>) =>
  inTransaction(orders, (repository) => repository.moveTo(orders, status))

const lockedAs = (order: CreateSalesOrder, status: LockedOrder["status"]): LockedOrder => {
  const { correlationId, currency, customerId, orderId, organizationId, totalMinor } = order
  return { organizationId, orderId, customerId, status, currency, totalMinor, correlationId }
}

/** What every SalesOrderRepository promises. */
export const salesOrderRepositoryContract: ReadonlyArray<
  readonly [promise: string, test: Effect.Effect<void, never, RepositoryBench>]
> = Object.entries({
  "inserts orders, PENDING, and gives them as they are when they are locked": Effect.gen(function* () {
    const [one, other] = [sampleOrder(), sampleOrder({ correlationId: undefined, adjustments: [] })]
    assert.deepStrictEqual(yield* insert(one, other), [one, other])
    const locked = yield* lock(other, one)
    assert.sameDeepMembers([...locked], [lockedAs(one, "PENDING"), lockedAs(other, "PENDING")])
  }),

  "gives those that were not there before, and leaves the others as they are": Effect.gen(function* () {
    const [known, fresh] = [sampleOrder(), sampleOrder()]
    yield* insert(known)
    yield* moveTo("CONFIRMED", known)
    const otherwise = { ...known, correlationId: "req-2", totalMinor: MinorUnits.make(1) }
    assert.deepStrictEqual(yield* insert(otherwise, fresh), [fresh])
    assert.deepStrictEqual(yield* lock(known), [lockedAs(known, "CONFIRMED")])
  }),

  "leaves out what is not there, and what is another organization's": Effect.gen(function* () {
    const [known, unknown] = [sampleOrder(), sampleOrder()]
    yield* insert(known)
    const strayed = { ...known, organizationId: makeOrganizationId() }
    assert.deepStrictEqual(yield* lock(unknown, known, strayed), [lockedAs(known, "PENDING")])
    assert.deepStrictEqual(yield* insert(strayed), [strayed])
    assert.deepStrictEqual(yield* lock(known, strayed).pipe(Effect.map((locked) => locked.length)), 2)
  }),

  "moves what it is told to, and nothing else": Effect.gen(function* () {
    const [confirmed, cancelled, waiting, unknown] = [sampleOrder(), sampleOrder(), sampleOrder(), sampleOrder()]
    yield* insert(confirmed, cancelled, waiting)
    yield* moveTo("CONFIRMED", confirmed, cancelled, unknown)
    yield* moveTo("CANCELLED", cancelled)
    assert.sameDeepMembers(
      [...(yield* lock(confirmed, cancelled, waiting, unknown))],
      [lockedAs(confirmed, "CONFIRMED"), lockedAs(cancelled, "CANCELLED"), lockedAs(waiting, "PENDING")]
    )
  }),

  "forgets what was rolled back": Effect.gen(function* () {
    const [known, fresh] = [sampleOrder(), sampleOrder()]
    yield* insert(known)
    const exit = yield* Effect.exit(
      inTransaction([known, fresh], (repository) =>
        repository
          .insert([fresh])
          .pipe(Effect.andThen(repository.moveTo([known], "CANCELLED")), Effect.andThen(Effect.fail("no")))
      )
    )
    assert.isTrue(Exit.isFailure(exit))
    assert.deepStrictEqual(yield* lock(known, fresh), [lockedAs(known, "PENDING")])
  }),

  "does nothing for nobody": Effect.gen(function* () {
    assert.deepStrictEqual(yield* insert(), [])
    assert.deepStrictEqual(yield* lock(), [])
    yield* moveTo("CONFIRMED")
  })
})
