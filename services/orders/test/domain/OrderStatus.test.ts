import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import {
  canBeCancelled,
  InvalidStatusTransition,
  moveTo,
  ORDER_STATUSES,
  type OrderStatus
} from "../../src/domain/OrderStatus.ts"

const EVERY_TRANSITION = [
  ["PENDING", "PENDING", "repeated"],
  ["PENDING", "CONFIRMED", "moved"],
  ["PENDING", "CANCELLED", "moved"],
  ["CONFIRMED", "PENDING", "refused"],
  ["CONFIRMED", "CONFIRMED", "repeated"],
  ["CONFIRMED", "CANCELLED", "moved"],
  ["CANCELLED", "PENDING", "refused"],
  ["CANCELLED", "CONFIRMED", "refused"],
  ["CANCELLED", "CANCELLED", "repeated"]
] as const

describe("the status of a sales order", () => {
  it.each(EVERY_TRANSITION)("%s to %s is %s", (current, attempted, expected) => {
    const transition = moveTo(current, attempted)
    if (expected === "refused") {
      assert.deepStrictEqual(transition, Result.fail(new InvalidStatusTransition({ current, attempted })))
    } else {
      assert.deepStrictEqual(transition, Result.succeed(expected))
    }
  })

  it("has a line in the table above for every pair", () => {
    assert.strictEqual(EVERY_TRANSITION.length, ORDER_STATUSES.length ** 2)
  })

  it.each([
    ["PENDING", true],
    ["CONFIRMED", true],
    ["CANCELLED", false]
  ] as const)("%s can be cancelled: %s", (status, expected) => {
    assert.strictEqual(canBeCancelled(status), expected)
  })

  it("goes forward only, whatever is asked of it and however often", () => {
    const attempts = fc.array(fc.constantFrom(...ORDER_STATUSES), { maxLength: 30 })
    fc.assert(
      fc.property(attempts, (asked) => {
        let status: OrderStatus = "PENDING"
        const seen: Array<OrderStatus> = [status]
        for (const attempted of asked) {
          const transition = moveTo(status, attempted)
          if (Result.isFailure(transition)) {
            assert.deepStrictEqual(
              { ...transition.failure },
              { ...new InvalidStatusTransition({ current: status, attempted }) }
            )
            continue
          }
          assert.strictEqual(transition.success === "repeated", attempted === status)
          status = attempted
          if (transition.success === "moved") seen.push(status)
        }
        // No status comes twice, and CANCELLED is never left.
        assert.strictEqual(new Set(seen).size, seen.length)
        const cancelledAt = seen.indexOf("CANCELLED")
        assert.isTrue(cancelledAt === -1 || cancelledAt === seen.length - 1)
        assert.strictEqual(canBeCancelled(status), cancelledAt === -1)
      })
    )
  })
})
