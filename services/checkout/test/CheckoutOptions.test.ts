import { assert, describe, it } from "@effect/vitest"
import { checkoutDefaults } from "../src/Checkout.ts"

describe("the settings of checkout", () => {
  it.each([100, 2_000, 30_000])(
    "let a lease outlast commands of %i ms, however slow they may be",
    (downstreamLimitMs) => {
      const { orchestrator } = checkoutDefaults({ pollIntervalMs: 5_000, retryDelaysMs: [1_000], downstreamLimitMs })
      // Leases are renewed at a quarter of their time at the latest; then a command may take its own.
      assert.isAtLeast(orchestrator.leaseMs * (3 / 4), 2 * downstreamLimitMs)
      assert.isAtLeast(orchestrator.leaseMs, 8_000)
    }
  )

  it.each([
    [2_000, 64_000],
    [60_000, 1_000],
    [2_000, 86_400_000]
  ])(
    "let the monitor take nothing for far away that a command of %i ms or a retry after %i ms needs",
    (downstreamLimitMs, longestMs) => {
      const retryDelaysMs = [1_000, longestMs]
      const { monitor, orchestrator } = checkoutDefaults({ pollIntervalMs: 5_000, retryDelaysMs, downstreamLimitMs })
      assert.isAbove(monitor.farMs, orchestrator.leaseMs)
      assert.isAbove(monitor.farMs, 1.1 * longestMs)
      assert.isAtLeast(monitor.farMs, monitor.boundMs)
      assert.strictEqual(monitor.boundMs, 300_000)
    }
  )
})
