import { assert } from "@effect/vitest"
import type { OrderId } from "@valerix/money-and-ids"
import { Effect, Layer } from "effect"
import { ExecuteOrders, type ExecuteOrdersOptions } from "../../src/application/ExecuteOrders.ts"
import { OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { ledgerRow } from "./Books.ts"
import { authorized, begun } from "./Orders.ts"
import { Participants } from "./Participants.ts"
import { newEntry } from "./Samples.ts"
import { until } from "./Until.ts"

const OPTIONS: ExecuteOrdersOptions = {
  batchMax: 64,
  linesMax: 10_000,
  concurrentBatches: 2,
  leaseMs: 600_000,
  pollIntervalMs: 5,
  stopLimitMs: 10_000,
  downstreamLimitMs: 600_000,
  retryDelaysMs: [60_000, 60_000, 60_000, 60_000]
}

/** Runs an orchestrator until the test is over. Retries are far away, until the test moves them into the past. */
export const orchestrator = (options: Partial<ExecuteOrdersOptions> = {}) =>
  Layer.build(Layer.fresh(ExecuteOrders({ ...OPTIONS, ...options })))

/** Waits until an order has come to its end, and gives its row. */
export const ended = (orderId: OrderId) =>
  until(`order ${orderId} has ended`, ledgerRow(orderId), ({ status }) => status === "COMPLETED" || status === "FAILED")

/** An order that was accepted on an authorization which the provider has. */
export const placed = Effect.fnUntraced(function* (entry = newEntry()) {
  const { payments } = yield* Participants
  const order = yield* begun(entry)
  const ledger = yield* OrderLedger
  const { request, totalMinor: amountMinor, currency } = order.entry.order
  const [answer] = yield* payments.commands.authorize([
    { ...order.authorization, epoch: 0, customerId: request.customerId, amountMinor, currency, ...request.payment }
  ])
  assert.strictEqual(answer?._tag, "Authorized")
  assert.deepStrictEqual(yield* ledger.conclude([authorized(order.authorization)]), [true])
  return { orderId: order.orderId, organizationId: entry.tenant.organizationId }
})
