import { Aliases } from "@valerix/testing"
import { Effect, Exit, Result } from "effect"
import fc from "fast-check"
import { moveTo } from "../../src/domain/OrderStatus.ts"
import { makeOrganizationId, sampleOrder } from "../SampleOrders.ts"
import { inTransaction } from "./SalesOrderRepositoryContract.ts"

const ORDERS = 5

interface Step {
  readonly does: "insert" | "lock" | "CONFIRMED" | "CANCELLED"
  readonly orders: ReadonlyArray<number>
  /** Whether the orders come with another correlation than the first time. */
  readonly isOther: boolean
  readonly isRolledBack: boolean
}

const step = fc.record<Step>({
  does: fc.constantFrom("insert", "insert", "lock", "CONFIRMED", "CANCELLED"),
  orders: fc.uniqueArray(fc.nat(ORDERS - 1), { maxLength: ORDERS }),
  isOther: fc.boolean(),
  isRolledBack: fc.constantFrom(false, false, false, true)
})

export const repositoryStories = fc.array(step, { maxLength: 14 })

/** Tells a story to a repository, and gives what it answered and what it holds in the end. */
export const tellRepository = Effect.fnUntraced(function* (story: ReadonlyArray<Step>) {
  const aliases = new Aliases()
  const organizations = [makeOrganizationId(), makeOrganizationId()] as const
  const orders = Array.from({ length: ORDERS }, (_, index) =>
    sampleOrder({ organizationId: organizations[index % 2 === 0 ? 0 : 1] })
  )
  // The same order of another organization.
  const [first] = orders
  if (first !== undefined) orders.push({ ...first, organizationId: organizations[1] })
  const seen: Array<unknown> = [aliases.of(orders)]

  for (const { does, isOther, isRolledBack, orders: chosen } of story) {
    const named = chosen.flatMap((index) => {
      const order = orders[index]
      if (order === undefined) return []
      return [isOther ? { ...order, correlationId: undefined } : order]
    })
    const exit = yield* Effect.exit(
      inTransaction(named, (repository) =>
        Effect.gen(function* () {
          if (does === "insert") seen.push(aliases.of(yield* repository.insert(named)))
          const locked = yield* repository.lock(named)
          seen.push(aliases.sorted(locked))
          if (does === "CONFIRMED" || does === "CANCELLED") {
            const able = locked.filter(({ status }) => Result.getOrUndefined(moveTo(status, does)) === "moved")
            yield* repository.moveTo(able, does)
          }
          if (isRolledBack) return yield* Effect.fail("rolled back")
        })
      )
    )
    seen.push(Exit.isSuccess(exit))
  }
  seen.push(aliases.sorted(yield* inTransaction(orders, (repository) => repository.lock(orders))))
  return seen
})
