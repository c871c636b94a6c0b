import type { layerProvider } from "@valerix/app/src/Topology.ts"
import { PaymentProvider } from "@valerix/payments/memory"
import { Context, Effect, Layer } from "effect"
import { between } from "./CrashPoint.ts"

const LOST = { _tag: "Unanswered", reason: "the answer was lost on purpose" } as const

/** One order in eight: its id ends with chance. */
const isLost = (key: string): boolean => /[08]$/.test(key)

/**
 * The payment provider, with a boundary before and after each call: the provider has done it, and nobody knows.
 * `losesCaptures`: some captures are made and never answered.
 */
export const aroundProvider = (
  provider: ReturnType<typeof layerProvider>,
  losesCaptures: boolean
): ReturnType<typeof layerProvider> =>
  Layer.unwrap(
    Effect.map(Layer.build(provider), (context) => {
      const real = Context.get(context, PaymentProvider)
      const around = PaymentProvider.of({
        authorize: (requests) => between(["provider.authorize"], real.authorize(requests)),
        capture: (requests) =>
          between(
            ["provider.capture"],
            Effect.map(real.capture(requests), (answers) =>
              requests.map(({ key }, index) => (losesCaptures && isLost(key) ? LOST : (answers[index] ?? LOST)))
            )
          ),
        void: (requests) => between(["provider.void"], real.void(requests)),
        refund: (requests) => between(["provider.refund"], real.refund(requests)),
        lookup: (requests) => between(["provider.lookup"], real.lookup(requests))
      })
      return Layer.succeedContext(Context.add(context, PaymentProvider, around))
    })
  )
