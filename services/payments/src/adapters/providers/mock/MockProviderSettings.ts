export interface MockProviderSettings {
  /** How long every request takes before it arrives. */
  readonly latencyMs: number
  /** The share of requests that end in `gateway_error`: one half before they have an effect, the other half after. */
  readonly failureRate: number
  /** The share of authorizations that are declined without a decline token. */
  readonly declineRate: number
  /** Chooses which: with the same seed, the same keys and attempts meet the same fate; each lookup meets its own. */
  readonly seed: string
  /** When a caller stops waiting. What was asked may happen all the same. */
  readonly timeoutMs: number
}
