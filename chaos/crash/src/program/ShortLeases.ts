import type { TopologyOptions } from "@valerix/app/src/Topology.ts"

/** Settings that an operator may choose, so that an order that was cut off is taken up again within seconds. */
export const SHORT_SETTINGS = {
  POLL_INTERVAL_MS: "500",
  RETRY_SCHEDULE_MS: "100,200,400,800",
  DOWNSTREAM_TIMEOUT_MS: "1500"
} as const

/** How long an orchestrator holds an order without renewing, and an edge an authorization. */
export const LEASE_MS = 2_000

/** The leases and intervals that nobody may choose, shortened in the same way. */
export const withShortLeases = (options: TopologyOptions): TopologyOptions => {
  const { checkout } = options
  return {
    ...options,
    checkout: {
      ...checkout,
      edge: { ...checkout.edge, leaseMs: LEASE_MS, lookAgainLimitMs: 500 },
      sweep: { ...checkout.sweep, intervalMs: 100, retryMs: 1_000 },
      orchestrator: { ...checkout.orchestrator, leaseMs: LEASE_MS }
    }
  }
}
