import { Config, Schema } from "effect"

export interface MockProviderSettings {
  /** How long every request takes before it arrives. */
  readonly latencyMs: number
  /** The share of requests that end in `gateway_error`: one half before they have an effect, the other half after. */
  readonly failureRate: number
  /** The share of authorizations that are declined without a decline token. */
  readonly declineRate: number
  /** Chooses which: with the same seed, the same keys and attempts meet the same fate. */
  readonly seed: string
  /** When a caller stops waiting. What was asked may happen all the same. */
  readonly timeoutMs: number
}

const Rate = Schema.FiniteFromString.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const Milliseconds = (maximum: number) =>
  Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum }))

const LATENCY_MAX_MS = 60_000
const TIMEOUT_MAX_MS = 25_000

/** The settings of the environment, all optional. The timeout leaves a command time to record the answer in 2 s. */
export const mockProviderSettings: Config.Config<MockProviderSettings> = Config.all({
  latencyMs: Config.schema(Milliseconds(LATENCY_MAX_MS), "MOCK_LATENCY_MS").pipe(Config.withDefault(0)),
  failureRate: Config.schema(Rate, "MOCK_FAILURE_RATE").pipe(Config.withDefault(0)),
  declineRate: Config.schema(Rate, "MOCK_DECLINE_RATE").pipe(Config.withDefault(0)),
  seed: Config.String("MOCK_SEED").pipe(Config.withDefault("valerix")),
  timeoutMs: Config.schema(Milliseconds(TIMEOUT_MAX_MS), "PROVIDER_TIMEOUT_MS").pipe(Config.withDefault(1_500))
})
