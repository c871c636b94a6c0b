import { Effect, Layer } from "effect"
import { ProviderUnderTest, paymentProviderContract } from "../../PaymentProviderContract.ts"
import { ProviderBooks, testProvider } from "../../TestPayments.ts"

const UnderTest = Layer.effect(
  ProviderUnderTest,
  Effect.map(ProviderBooks, ({ sql }) =>
    ProviderUnderTest.of({
      goodToken: "tok_good",
      decliningToken: { token: "tok_decline_insufficient", code: "insufficient_funds" },
      expire: (organizationId, authorizationId) =>
        Effect.orDie(sql`
          UPDATE authorizations SET expires_at = now() - interval '1 second'
          WHERE organization_id = ${organizationId} AND authorization_id = ${authorizationId}`)
    })
  )
)

paymentProviderContract("the mock provider", UnderTest.pipe(Layer.provideMerge(testProvider())))
