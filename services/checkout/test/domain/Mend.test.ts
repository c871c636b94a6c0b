import { assert, describe, it } from "@effect/vitest"
import { Currency, MinorUnits, makeOrderId } from "@valerix/money-and-ids"
import type { LedgerStatus } from "../../src/domain/LedgerStatus.ts"
import { cancelOf, confirmOf, paymentOf, releaseOf, type SeenOrder } from "../../src/domain/Mend.ts"
import { makeOrganization } from "../support/Samples.ts"

const EUR = Currency.make("EUR")
const TOTAL = MinorUnits.make(1_999)

type Payment = SeenOrder["elsewhere"]["payments"][number]

const payment = (status: string, overrides: Partial<Payment> = {}): Payment => ({
  generation: 2,
  status,
  currency: EUR,
  amountMinor: TOTAL,
  capturedMinor: 0,
  refundedMinor: 0,
  isUndone: false,
  isUnresolved: false,
  ...overrides
})

const seen = (
  status: LedgerStatus,
  overrides: Partial<SeenOrder["elsewhere"]> = {},
  isAbandoned = false
): SeenOrder => ({
  order: {
    organizationId: makeOrganization(),
    orderId: makeOrderId(),
    status,
    generation: 2,
    epoch: 7,
    totalMinor: TOTAL,
    currency: EUR,
    quantity: 1,
    isAbandoned,
    isQueued: false,
    isLeased: false,
    isBeingSwept: false,
    isParked: false,
    stoodStillMs: 0
  },
  elsewhere: {
    salesOrder: { status: "PENDING", totalMinor: TOTAL, currency: EUR },
    reservedQuantity: 1,
    payments: [],
    provider: { heldMinor: 0, capturedMinor: 0, refundedMinor: 0 },
    ...overrides
  }
})

const all = () => true

describe("what mends an order's money", () => {
  it("settles all that an order has left that came to nothing, with its epoch", () => {
    const payments = [payment("AUTHORIZED", { generation: 1 }), payment("CAPTURED", { capturedMinor: TOTAL })]
    for (const one of [seen("FAILED", { payments }), seen("AWAITING_AUTHORIZATION", { payments }, true)]) {
      assert.deepStrictEqual(paymentOf(one, all)?.mend, { _tag: "Settle", generations: [1, 2], epoch: 7 })
    }
  })

  it("settles a generation that was given up, and leaves the one alone that the order goes by", () => {
    const payments = [payment("AUTHORIZED", { generation: 1 }), payment("CAPTURED", { capturedMinor: TOTAL })]
    for (const status of ["AUTHORIZED", "PAYMENT_CAPTURED", "COMPLETED"] as const) {
      const settle = { _tag: "Settle", generations: [1], epoch: 7 } as const
      assert.deepStrictEqual(paymentOf(seen(status, { payments }), all)?.mend, settle)
    }
  })

  it("captures for a completed order alone, and only what it was authorized for", () => {
    const capture = { _tag: "Capture", generation: 2, epoch: 7 } as const
    const of = (status: LedgerStatus, one: Payment) => paymentOf(seen(status, { payments: [one] }), all)?.mend
    assert.deepStrictEqual(of("COMPLETED", payment("AUTHORIZED")), capture)
    for (const status of ["AUTHORIZED", "INVENTORY_RESERVED", "PAYMENT_CAPTURED", "COMPENSATING"] as const) {
      assert.isUndefined(of(status, payment("AUTHORIZED")), status)
    }
    for (const one of [
      payment("AUTHORIZED", { isUndone: true }),
      payment("AUTHORIZED", { amountMinor: TOTAL - 1 }),
      payment("AUTHORIZED", { currency: Currency.make("USD") }),
      payment("CAPTURED"),
      payment("AUTHORIZING")
    ]) {
      assert.isUndefined(of("COMPLETED", one), JSON.stringify(one))
    }
    assert.isUndefined(paymentOf(seen("COMPLETED"), all))
  })
})

describe("what mends an order's stock and its sales order", () => {
  it("undoes them when the order came to nothing, and never on its way there or back", () => {
    for (const status of ["FAILED", "AUTHORIZATION_FAILED"] as const) {
      assert.deepStrictEqual(releaseOf(seen(status))?.mend, { _tag: "Release", epoch: 7 })
      assert.deepStrictEqual(cancelOf(seen(status))?.mend, { _tag: "Cancel", epoch: 7 })
    }
    for (const status of ["AWAITING_AUTHORIZATION", "INVENTORY_RESERVED", "COMPLETED", "COMPENSATING"] as const) {
      assert.isUndefined(releaseOf(seen(status)), status)
      assert.isUndefined(cancelOf(seen(status)), status)
    }
  })

  it("confirms a sales order that waits for it, when the order is completed", () => {
    assert.deepStrictEqual(confirmOf(seen("COMPLETED"))?.mend, { _tag: "Confirm", epoch: 7 })
    assert.isUndefined(confirmOf(seen("PAYMENT_CAPTURED")))
    const cancelled = { status: "CANCELLED", totalMinor: TOTAL, currency: EUR } as const
    for (const salesOrder of [cancelled, undefined]) assert.isUndefined(confirmOf(seen("COMPLETED", { salesOrder })))
  })
})
