import type { AcceptanceLimits } from "./application/AcceptanceBuffer.ts"
import type { AcceptOrdersOptions } from "./application/AcceptOrders.ts"
import type { CatalogueOptions } from "./application/Catalogue.ts"
import type { ExecuteOrdersOptions } from "./application/ExecuteOrders.ts"
import type { FollowOptions } from "./application/FollowOrders.ts"
import type { MonitorOptions } from "./application/MonitorOrders.ts"
import type { RepairOptions } from "./application/RepairFindings.ts"
import type { ReplayOptions } from "./application/ReplayOrders.ts"
import type { SweepOptions } from "./application/SweepAbandoned.ts"
import type { WatchOrdersOptions } from "./application/WatchOrders.ts"

export interface CheckoutOptions {
  readonly acceptance: AcceptanceLimits
  readonly edge: AcceptOrdersOptions
  readonly catalogue: CatalogueOptions
  readonly watch: WatchOrdersOptions
  readonly sweep: SweepOptions
  readonly orchestrator: ExecuteOrdersOptions
  readonly monitor: MonitorOptions
  readonly verify: { readonly restMs: number }
  readonly repair: RepairOptions
  readonly replay: ReplayOptions
  readonly follow: FollowOptions
}

/** An order that is under way and not parked moves within this time. */
const STANDSTILL_BOUND_MS = 5 * 60_000

/** The settings that are not for operators to choose, around those that are. */
export const checkoutDefaults = (configured: {
  readonly pollIntervalMs: number
  readonly retryDelaysMs: ReadonlyArray<number>
  readonly downstreamLimitMs: number
}): CheckoutOptions => {
  const { pollIntervalMs, retryDelaysMs, downstreamLimitMs } = configured
  // A command that outlasts its lease is of no use: another worker has taken the order over when it answers.
  const leaseMs = Math.max(8_000, 4 * downstreamLimitMs)
  return {
    // A batch is at most five of the largest orders, some 100 ms of writing; what waits is at most about 100 MB of memory.
    acceptance: {
      batchMax: 256,
      batchWeightMax: 10_000,
      concurrentBatches: 2,
      waitingMax: 10_000,
      waitingWeightMax: 200_000
    },
    edge: { leaseMs: 8_000, downstreamLimitMs, lookAgainLimitMs: 2_000 },
    catalogue: { refreshIntervalMs: 1_000, downstreamLimitMs, productsMax: 100_000, organizationsPerPage: 1_000 },
    watch: { intervalMs: 20, watchedMax: 10_000 },
    sweep: { intervalMs: 1_000, retryMs: 10_000, batchMax: 256, downstreamLimitMs: 4 * downstreamLimitMs },
    orchestrator: {
      batchMax: 256,
      linesMax: 20_000,
      concurrentBatches: 2,
      leaseMs,
      pollIntervalMs,
      stopLimitMs: 8_000,
      downstreamLimitMs,
      retryDelaysMs
    },
    monitor: {
      intervalMs: 10_000,
      boundMs: STANDSTILL_BOUND_MS,
      // Twice what this program sets: another one may be configured otherwise.
      farMs: Math.max(STANDSTILL_BOUND_MS, 2 * leaseMs, 2 * Math.max(...retryDelaysMs)),
      movedMax: 100,
      // Some 20 ms of the database in each pass, and 10 million orders in 6 hours.
      lookedAtMax: 5_000
    },
    verify: { restMs: STANDSTILL_BOUND_MS },
    // A settlement asks the provider up to four times.
    repair: { limitMs: 4 * downstreamLimitMs + 2_000 },
    // Some 1,400 orders of 21 lines. An order may have to wait for the lease of an edge that was killed.
    replay: { linesInFlightMax: 30_000, sendAgainMs: 250, giveUpMs: 120_000 },
    follow: { intervalMs: 25, lookCloserMs: 10_000, limitMs: STANDSTILL_BOUND_MS }
  }
}
