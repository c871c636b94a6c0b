import { Clock, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { PaymentProviderMemory } from "../../src/adapters/providers/memory/PaymentProviderMemory.ts"
import { PaymentProvider } from "../../src/application/ports/PaymentProvider.ts"
import { ProviderStatement } from "../../src/application/ports/ProviderStatement.ts"
import { ProviderUnderTest } from "../PaymentProviderContract.ts"

const VALIDITY_MS = 7 * 24 * 3_600_000

/** A provider in memory; its clock is the test's, if that has one. */
export const layerProviderInMemory = Layer.suspend(() => {
  const memory = new PaymentProviderMemory({ validityMs: VALIDITY_MS })
  return Layer.mergeAll(
    Layer.succeed(PaymentProvider, memory.provider),
    Layer.succeed(ProviderStatement, memory.statement),
    Layer.succeed(ProviderUnderTest, {
      goodToken: "tok_good",
      decliningToken: { token: "tok_decline_insufficient", code: "insufficient_funds" },
      expire: (organizationId, authorizationId) =>
        Effect.map(Clock.currentTimeMillis, (nowMs) => memory.expire(organizationId, authorizationId, nowMs - 1_000)),
      nowMs: Clock.currentTimeMillis,
      passTime: (ms) => TestClock.adjust(ms)
    })
  )
})
