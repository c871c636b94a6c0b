import { layer } from "@effect/vitest"
import { firstRowOf } from "@valerix/database"
import { agree } from "@valerix/testing"
import { Effect, Layer, Schema } from "effect"
import { TestClock } from "effect/testing"
import { layerProviderInMemory } from "../../contract/ProviderInMemory.ts"
import { providerStories, tellProvider } from "../../contract/ProviderStory.ts"
import { ProviderUnderTest, paymentProviderContract } from "../../PaymentProviderContract.ts"
import { ProviderBooks, testProvider } from "../../TestPayments.ts"

const nowRow = firstRowOf(Schema.Struct({ now_ms: Schema.Number }))

/** The mock's clock cannot be moved, so that time passes by moving what it has authorized back. */
const UnderTest = Layer.effect(
  ProviderUnderTest,
  Effect.map(ProviderBooks, ({ sql }) =>
    ProviderUnderTest.of({
      goodToken: "tok_good",
      decliningToken: { token: "tok_decline_insufficient", code: "insufficient_funds" },
      expire: (organizationId, authorizationId) =>
        Effect.orDie(sql`
          UPDATE authorizations SET expires_at = now() - interval '1 second'
          WHERE organization_id = ${organizationId} AND authorization_id = ${authorizationId}`),
      nowMs: Effect.map(
        nowRow(sql`SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now_ms`),
        (row) => row?.now_ms ?? 0
      ),
      passTime: (ms) => Effect.orDie(sql`UPDATE authorizations SET expires_at = expires_at - ${ms} * interval '1 ms'`)
    })
  )
)

const MockProvider = UnderTest.pipe(Layer.provideMerge(testProvider()))

paymentProviderContract("the mock provider", MockProvider)

/** A provider in memory, with a clock of its own that begins now. */
const InMemory = Layer.effectDiscard(Effect.suspend(() => TestClock.setTime(Date.now()))).pipe(
  Layer.merge(layerProviderInMemory),
  Layer.provideMerge(TestClock.layer()),
  Layer.fresh
)

layer(MockProvider, { excludeTestServices: true })("the mock provider", (it) => {
  it.effect("answers as the one in memory does, and states the same in the end, whatever is asked", () =>
    agree(providerStories, tellProvider, (story) => Effect.provide(tellProvider(story), InMemory), { numRuns: 120 })
  )
})
