import { assert, describe, it } from "@effect/vitest"
import { stepsOf } from "@valerix/saga"
import { Effect } from "effect"
import { makeOrderSaga } from "../../src/application/OrderSaga.ts"
import {
  canMove,
  isAtRest,
  LedgerStatus,
  ledgerStatesOf,
  OrderStatus,
  orderStatusOf
} from "../../src/domain/LedgerStatus.ts"
import { layerParticipants } from "../support/Participants.ts"

/** All that a ledger entry may do, straight from the design. */
const MOVES: ReadonlyArray<readonly [from: LedgerStatus, to: LedgerStatus]> = [
  ["AWAITING_AUTHORIZATION", "AUTHORIZED"],
  ["AWAITING_AUTHORIZATION", "AUTHORIZATION_FAILED"],
  ["AUTHORIZED", "ORDER_CREATED"],
  ["ORDER_CREATED", "INVENTORY_RESERVED"],
  ["INVENTORY_RESERVED", "PAYMENT_CAPTURED"],
  ["PAYMENT_CAPTURED", "COMPLETED"],
  ["AUTHORIZED", "COMPENSATING"],
  ["ORDER_CREATED", "COMPENSATING"],
  ["INVENTORY_RESERVED", "COMPENSATING"],
  ["PAYMENT_CAPTURED", "COMPENSATING"],
  ["COMPLETED", "COMPENSATING"],
  ["COMPENSATING", "FAILED"]
]
const isAllowed = (from: LedgerStatus, to: LedgerStatus) => MOVES.some(([a, b]) => a === from && b === to)
const every = LedgerStatus.literals.flatMap((from) => LedgerStatus.literals.map((to) => [from, to] as const))

describe("the status of a ledger entry", () => {
  it.each(every.filter(([from, to]) => isAllowed(from, to)))("moves from %s to %s", (from, to) => {
    assert.isTrue(canMove(from, to))
  })

  it.each(every.filter(([from, to]) => !isAllowed(from, to)))("never moves from %s to %s", (from, to) => {
    assert.isFalse(canMove(from, to))
  })

  it("is found by what callers see of it, every state in one status", () => {
    const states = OrderStatus.literals.flatMap((seen) => ledgerStatesOf(seen))
    assert.lengthOf(states, 2 * LedgerStatus.literals.length)
    for (const seen of OrderStatus.literals) {
      assert.isNotEmpty(ledgerStatesOf(seen))
      for (const { isBeingRetried, status } of ledgerStatesOf(seen))
        assert.strictEqual(orderStatusOf(status, isBeingRetried), seen)
    }
  })

  it("is at rest where nothing more happens by itself", () => {
    assert.deepStrictEqual(LedgerStatus.literals.filter(isAtRest), ["AUTHORIZATION_FAILED", "COMPLETED", "FAILED"])
  })

  it.effect("moves through the steps of the saga, and from each of them back", () =>
    Effect.gen(function* () {
      const saga = yield* makeOrderSaga
      const isStatus = (status: string): status is LedgerStatus => LedgerStatus.literals.some((one) => one === status)
      const path = [saga.statuses.ready, ...stepsOf(saga).map((step) => step.statusAfter)]
      assert.deepStrictEqual(path, [
        "AUTHORIZED",
        "ORDER_CREATED",
        "INVENTORY_RESERVED",
        "PAYMENT_CAPTURED",
        saga.statuses.completed
      ])
      const known = path.filter(isStatus)
      known.forEach((status, index) => {
        const next = known[index + 1]
        if (next !== undefined) assert.isTrue(canMove(status, next), `${status} to ${next}`)
        assert.isTrue(canMove(status, "COMPENSATING"), `${status} back`)
      })
    }).pipe(Effect.provide(layerParticipants))
  )
})

describe("the status that the caller sees", () => {
  it.each([
    ["AWAITING_AUTHORIZATION", "PENDING", "PENDING"],
    ["AUTHORIZATION_FAILED", "FAILED", "FAILED"],
    ["AUTHORIZED", "PENDING", "PENDING"],
    ["ORDER_CREATED", "PENDING", "PENDING_INVENTORY"],
    ["INVENTORY_RESERVED", "PENDING", "PENDING_PAYMENT"],
    ["PAYMENT_CAPTURED", "PENDING", "PENDING"],
    ["COMPLETED", "CONFIRMED", "CONFIRMED"],
    ["COMPENSATING", "PENDING", "PENDING"],
    ["FAILED", "FAILED", "FAILED"]
  ] as const)("of %s is %s, and %s while its next step is being tried again", (status, seen, seenWhileRetried) => {
    assert.strictEqual(orderStatusOf(status, false), seen)
    assert.strictEqual(orderStatusOf(status, true), seenWhileRetried)
  })
})
