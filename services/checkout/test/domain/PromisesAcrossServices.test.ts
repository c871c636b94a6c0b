import { assert, describe, it } from "@effect/vitest"
import { MinorUnits, makeOrderId, OrganizationId } from "@valerix/money-and-ids"
import { brokenPromises, type OrderElsewhere, type OrderInLedger } from "../../src/domain/PromisesAcrossServices.ts"

const completed: OrderInLedger = {
  organizationId: OrganizationId.make("01900000-0000-7000-8000-00000000000a"),
  orderId: makeOrderId(),
  status: "COMPLETED",
  generation: 1,
  totalMinor: MinorUnits.make(1_999),
  quantity: 3,
  isAbandoned: false,
  isParked: false,
  isQueued: false,
  isBeingSwept: false,
  stoodStillMs: 0
}
const executed: OrderElsewhere = {
  salesOrder: "CONFIRMED",
  reservedQuantity: 3,
  payments: [{ generation: 1, status: "CAPTURED", capturedMinor: 1_999, refundedMinor: 0 }],
  provider: { heldMinor: 0, capturedMinor: 1_999, refundedMinor: 0, captures: 1 }
}
const failed: OrderInLedger = { ...completed, status: "FAILED" }
const undone: OrderElsewhere = {
  salesOrder: "CANCELLED",
  reservedQuantity: 0,
  payments: [{ generation: 1, status: "VOIDED", capturedMinor: 0, refundedMinor: 0 }],
  provider: { heldMinor: 0, capturedMinor: 0, refundedMinor: 0, captures: 0 }
}
const nowhere: OrderElsewhere = { ...undone, salesOrder: undefined, payments: [] }
const underWay: OrderInLedger = { ...completed, status: "ORDER_CREATED", isQueued: true }

const codes = (order: OrderInLedger, elsewhere: OrderElsewhere) =>
  brokenPromises(order, elsewhere, { restMs: 60_000 }).map(({ promise, code }) => `${promise} ${code}`)

describe("what must be true across services", () => {
  it.each<readonly [what: string, order: OrderInLedger, elsewhere: OrderElsewhere]>([
    ["a completed order that is executed", completed, executed],
    [
      "a completed order of nothing",
      { ...completed, totalMinor: MinorUnits.make(0) },
      {
        ...executed,
        payments: [{ generation: 1, status: "CAPTURED", capturedMinor: 0, refundedMinor: 0 }],
        provider: { ...executed.provider, capturedMinor: 0 }
      }
    ],
    ["a failed order that is undone", failed, undone],
    [
      "a failed order that was refunded",
      failed,
      {
        ...undone,
        payments: [{ generation: 1, status: "REFUNDED", capturedMinor: 1_999, refundedMinor: 1_999 }],
        provider: { heldMinor: 0, capturedMinor: 1_999, refundedMinor: 1_999, captures: 1 }
      }
    ],
    ["an order under way, wherever its effects are ahead of its record", underWay, executed],
    ["a declined order", { ...failed, status: "AUTHORIZATION_FAILED" }, nowhere],
    [
      "an order that nobody was answered for",
      { ...completed, status: "AWAITING_AUTHORIZATION", isAbandoned: true },
      nowhere
    ],
    [
      "an abandoned authorization that is still being swept",
      { ...completed, status: "AWAITING_AUTHORIZATION", isAbandoned: true, isBeingSwept: true },
      { ...nowhere, provider: { ...nowhere.provider, heldMinor: 1_999 } }
    ],
    [
      "an abandoned authorization whose settling has to wait for the provider",
      {
        ...completed,
        status: "AWAITING_AUTHORIZATION",
        isAbandoned: true,
        isBeingSwept: true,
        isQueued: true,
        stoodStillMs: 1e9
      },
      { ...nowhere, provider: { ...nowhere.provider, heldMinor: 1_999 } }
    ],
    ["an order that is parked, however long", { ...underWay, isParked: true, stoodStillMs: 1e9 }, undone]
  ])("accepts %s", (_, order, elsewhere) => {
    assert.deepStrictEqual(codes(order, elsewhere), [])
  })

  it.each<readonly [what: string, order: OrderInLedger, elsewhere: OrderElsewhere, expected: string]>([
    [
      "two captures at the provider",
      completed,
      { ...executed, provider: { ...executed.provider, capturedMinor: 3_998, refundedMinor: 1_999, captures: 2 } },
      "2 captured_twice"
    ],
    ["an order that nothing will move on", { ...underWay, isQueued: false }, undone, "6 order_in_limbo"],
    ["an order that stood still for too long", { ...underWay, stoodStillMs: 60_001 }, undone, "6 order_stuck"],
    [
      "a completed order without capture",
      completed,
      { ...executed, payments: [], provider: { ...executed.provider, capturedMinor: 1_999 } },
      "7 completed_without_capture"
    ],
    [
      "a completed order of which the provider keeps another amount",
      completed,
      { ...executed, provider: { ...executed.provider, capturedMinor: 1_998 } },
      "7 captured_amount_mismatch"
    ],
    ["a completed order without stock", completed, { ...executed, reservedQuantity: 0 }, "7 completed_without_stock"],
    [
      "a completed order whose sales order is pending",
      completed,
      { ...executed, salesOrder: "PENDING" },
      "7 completed_without_confirmation"
    ],
    [
      "a failed order with its capture kept",
      failed,
      {
        ...undone,
        payments: [{ generation: 1, status: "CAPTURED", capturedMinor: 1_999, refundedMinor: 0 }],
        provider: { heldMinor: 0, capturedMinor: 1_999, refundedMinor: 0, captures: 1 }
      },
      "7 failed_with_capture"
    ],
    [
      "a failed order of which only the provider knows a capture",
      failed,
      { ...undone, provider: { heldMinor: 0, capturedMinor: 1_999, refundedMinor: 0, captures: 1 } },
      "7 failed_with_capture"
    ],
    ["a failed order that holds stock", failed, { ...undone, reservedQuantity: 1 }, "7 failed_with_stock"],
    [
      "a failed order whose sales order is confirmed",
      failed,
      { ...undone, salesOrder: "CONFIRMED" },
      "7 failed_with_sales_order"
    ],
    [
      "a failed order whose authorization is open by our books",
      failed,
      { ...undone, payments: [{ generation: 1, status: "AUTHORIZED", capturedMinor: 0, refundedMinor: 0 }] },
      "7 authorization_left_open"
    ],
    [
      "a failed order whose authorization is open by the provider's books",
      failed,
      { ...undone, provider: { ...undone.provider, heldMinor: 1_999 } },
      "7 authorization_left_open"
    ]
  ])("reports %s", (_, order, elsewhere, expected) => {
    assert.deepStrictEqual(codes(order, elsewhere), [expected])
  })
})
