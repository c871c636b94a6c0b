import { assert, describe, it } from "@effect/vitest"
import { Currency, MinorUnits, makeOrderId, OrganizationId } from "@valerix/money-and-ids"
import { brokenPromises, type OrderElsewhere, type OrderInLedger } from "../../src/domain/PromisesAcrossServices.ts"

const EUR = Currency.make("EUR")
const TERMS = { totalMinor: 1_999, currency: EUR }
const PAYMENT = { generation: 1, currency: EUR, amountMinor: 1_999, isUndone: false, isUnresolved: false }

const completed: OrderInLedger = {
  organizationId: OrganizationId.make("01900000-0000-7000-8000-00000000000a"),
  orderId: makeOrderId(),
  status: "COMPLETED",
  generation: 1,
  totalMinor: MinorUnits.make(1_999),
  currency: EUR,
  quantity: 3,
  isAbandoned: false,
  isParked: false,
  isQueued: false,
  isLeased: false,
  isBeingSwept: false,
  stoodStillMs: 0
}
const executed: OrderElsewhere = {
  salesOrder: { ...TERMS, status: "CONFIRMED" },
  reservedQuantity: 3,
  payments: [{ ...PAYMENT, status: "CAPTURED", capturedMinor: 1_999, refundedMinor: 0 }],
  provider: { heldMinor: 0, capturedMinor: 1_999, refundedMinor: 0 }
}
const failed: OrderInLedger = { ...completed, status: "FAILED" }
const undone: OrderElsewhere = {
  salesOrder: { ...TERMS, status: "CANCELLED" },
  reservedQuantity: 0,
  payments: [{ ...PAYMENT, status: "VOIDED", capturedMinor: 0, refundedMinor: 0 }],
  provider: { heldMinor: 0, capturedMinor: 0, refundedMinor: 0 }
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
        salesOrder: { ...TERMS, status: "CONFIRMED", totalMinor: 0 },
        payments: [{ ...PAYMENT, status: "CAPTURED", amountMinor: 0, capturedMinor: 0, refundedMinor: 0 }],
        provider: { ...executed.provider, capturedMinor: 0 }
      }
    ],
    ["a failed order that is undone", failed, undone],
    [
      "a failed order that was refunded",
      failed,
      {
        ...undone,
        payments: [{ ...PAYMENT, status: "REFUNDED", capturedMinor: 1_999, refundedMinor: 1_999 }],
        provider: { heldMinor: 0, capturedMinor: 1_999, refundedMinor: 1_999 }
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
    [
      "an order whose authorization an edge has begun",
      { ...underWay, status: "AWAITING_AUTHORIZATION", isQueued: false, isLeased: true, isBeingSwept: true },
      nowhere
    ],
    [
      "an order whose payment is undone because it turns back",
      { ...underWay, status: "COMPENSATING" },
      {
        ...undone,
        payments: [{ ...PAYMENT, status: "AUTHORIZED", isUndone: true, capturedMinor: 0, refundedMinor: 0 }]
      }
    ],
    [
      "an order whose earlier authorization was undone",
      { ...underWay, generation: 2 },
      { ...undone, payments: [{ ...PAYMENT, status: "VOIDED", isUndone: true, capturedMinor: 0, refundedMinor: 0 }] }
    ],
    ["an order that is parked, however long", { ...underWay, isParked: true, stoodStillMs: 1e9 }, undone]
  ])("accepts %s", (_, order, elsewhere) => {
    assert.deepStrictEqual(codes(order, elsewhere), [])
  })

  it.each<readonly [what: string, order: OrderInLedger, elsewhere: OrderElsewhere, expected: string]>([
    ["an order that no saga will move on", { ...underWay, isQueued: false }, undone, "6 order_in_limbo"],
    [
      "an order that no saga will move on, though an old authorization of it is being swept",
      { ...underWay, isQueued: false, isBeingSwept: true },
      undone,
      "6 order_in_limbo"
    ],
    [
      "an order that waits for an authorization which nobody has begun",
      { ...underWay, status: "AWAITING_AUTHORIZATION", isBeingSwept: true },
      nowhere,
      "6 order_in_limbo"
    ],
    [
      "a sales order of another total",
      completed,
      { ...executed, salesOrder: { ...TERMS, status: "CONFIRMED", totalMinor: 2_000 } },
      "5 sales_order_terms_differ"
    ],
    [
      "a sales order in another currency",
      completed,
      { ...executed, salesOrder: { ...TERMS, status: "CONFIRMED", currency: Currency.make("USD") } },
      "5 sales_order_terms_differ"
    ],
    [
      "a payment of another amount, also on the way",
      underWay,
      {
        ...undone,
        payments: [{ ...PAYMENT, status: "AUTHORIZED", amountMinor: 1, capturedMinor: 0, refundedMinor: 0 }]
      },
      "5 payment_terms_differ"
    ],
    [
      "a payment in another currency",
      completed,
      {
        ...executed,
        payments: [
          { ...PAYMENT, status: "CAPTURED", currency: Currency.make("USD"), capturedMinor: 1_999, refundedMinor: 0 }
        ]
      },
      "5 payment_terms_differ"
    ],
    [
      "an order that goes forward on a payment that was undone",
      underWay,
      { ...undone, payments: [{ ...PAYMENT, status: "VOIDED", isUndone: true, capturedMinor: 0, refundedMinor: 0 }] },
      "7 settled_going_forward"
    ],
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
      { ...executed, salesOrder: { ...TERMS, status: "PENDING" } },
      "7 completed_without_confirmation"
    ],
    [
      "a failed order with its capture kept",
      failed,
      {
        ...undone,
        payments: [{ ...PAYMENT, status: "CAPTURED", capturedMinor: 1_999, refundedMinor: 0 }],
        provider: { heldMinor: 0, capturedMinor: 1_999, refundedMinor: 0 }
      },
      "7 failed_with_capture"
    ],
    [
      "a failed order of which only the provider knows a capture",
      failed,
      { ...undone, provider: { heldMinor: 0, capturedMinor: 1_999, refundedMinor: 0 } },
      "7 failed_with_capture"
    ],
    ["a failed order that holds stock", failed, { ...undone, reservedQuantity: 1 }, "7 failed_with_stock"],
    [
      "a failed order whose sales order is confirmed",
      failed,
      { ...undone, salesOrder: { ...TERMS, status: "CONFIRMED" } },
      "7 failed_with_sales_order"
    ],
    [
      "a failed order whose authorization is open by our books",
      failed,
      { ...undone, payments: [{ ...PAYMENT, status: "AUTHORIZED", capturedMinor: 0, refundedMinor: 0 }] },
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
