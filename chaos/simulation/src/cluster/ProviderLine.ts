import { PaymentProvider } from "@valerix/payments/memory"
import { Context, Effect } from "effect"
import { type MessageTrouble, REFUSED, send } from "../world/Network.ts"
import type { SimulatedProcess } from "../world/SimulatedProcess.ts"
import type { World } from "../world/World.ts"
import { SERVICE_DELAYS } from "./Trouble.ts"

const PROVIDER_LIMIT_MS = 1_500
const NO_ANSWER = { _tag: "Unanswered", reason: "no answer" } as const
const NOT_SENT = { _tag: "NotSent", reason: "connection refused" } as const

/** The payment provider as payments reaches it: each request travels alone, so that one may be lost and the next not. */
export const providerFrom = (
  world: World,
  from: SimulatedProcess,
  provider: PaymentProvider["Service"],
  at: SimulatedProcess,
  trouble: MessageTrouble
): Context.Context<PaymentProvider> => {
  const line = { from, to: () => at, trouble, delays: SERVICE_DELAYS, limitMs: PROVIDER_LIMIT_MS }
  const each =
    <Request, Answer>(
      about: string,
      method: (requests: ReadonlyArray<Request>) => Effect.Effect<ReadonlyArray<Answer>>
    ) =>
    (requests: ReadonlyArray<Request>): Effect.Effect<ReadonlyArray<Answer | typeof NO_ANSWER | typeof NOT_SENT>> =>
      Effect.forEach(
        requests,
        (request) =>
          send(world, { ...line, about }, method([request])).pipe(
            Effect.map(([answer]) => answer ?? NO_ANSWER),
            Effect.catch((why) => Effect.succeed(why === REFUSED ? NOT_SENT : NO_ANSWER))
          ),
        { concurrency: requests.length }
      )
  return Context.make(PaymentProvider, {
    authorize: each("provider authorize", provider.authorize),
    capture: each("provider capture", provider.capture),
    void: each("provider void", provider.void),
    refund: each("provider refund", provider.refund),
    lookup: each("provider lookup", provider.lookup)
  })
}
