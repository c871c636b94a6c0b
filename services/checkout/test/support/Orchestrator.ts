import type { OrderId } from "@valerix/money-and-ids"
import { Effect, Layer } from "effect"
import { ExecuteOrders, type ExecuteOrdersOptions } from "../../src/application/ExecuteOrders.ts"
import { ledgerRow } from "./Books.ts"
import { until } from "./Until.ts"

const OPTIONS: ExecuteOrdersOptions = {
  batchMax: 64,
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
