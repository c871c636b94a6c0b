import { chance } from "./Chance.ts"
import type { MockProviderSettings } from "./MockProviderSettings.ts"

export interface Decline {
  readonly code: string
  readonly message: string
}

const generic: Decline = { code: "generic_decline", message: "The payment was declined." }

/** The first that a token contains decides. */
const DECLINE_TOKENS: ReadonlyArray<readonly [part: string, decline: Decline]> = [
  ["decline_insufficient", { code: "insufficient_funds", message: "The card has insufficient funds." }],
  ["decline_expired", { code: "card_expired", message: "The card has expired." }],
  ["decline_stolen", { code: "card_declined", message: "The card was declined." }],
  ["decline_", generic]
]

/** Whether and why an authorization is declined. */
export const declineOf = (token: string, key: string, settings: MockProviderSettings): Decline | undefined =>
  DECLINE_TOKENS.find(([part]) => token.includes(part))?.[1] ??
  (settings.declineRate > 0 && chance(settings.seed, "decline", key) < settings.declineRate ? generic : undefined)
