import type { layerProvider } from "@valerix/app/src/Topology.ts"
import { PaymentProvider } from "@valerix/payments/memory"
import { Context, Effect, Layer } from "effect"
import { between } from "./CrashPoint.ts"

/** The payment provider, with a boundary before and after each call: the provider has done it, and nobody knows. */
export const aroundProvider = (provider: ReturnType<typeof layerProvider>): ReturnType<typeof layerProvider> =>
  Layer.unwrap(
    Effect.map(Layer.build(provider), (context) => {
      const real = Context.get(context, PaymentProvider)
      const around = PaymentProvider.of({
        authorize: (requests) => between(["provider.authorize"], real.authorize(requests)),
        capture: (requests) => between(["provider.capture"], real.capture(requests)),
        void: (requests) => between(["provider.void"], real.void(requests)),
        refund: (requests) => between(["provider.refund"], real.refund(requests)),
        lookup: (requests) => between(["provider.lookup"], real.lookup(requests))
      })
      return Layer.succeedContext(Context.add(context, PaymentProvider, around))
    })
  )
