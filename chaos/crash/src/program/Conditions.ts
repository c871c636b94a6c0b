import type { Operation } from "./Operations.ts"

/** What the program has to be started with so that its load reaches an operation. */
export interface Conditions {
  /** How long the provider takes for everything. */
  readonly providerLatencyMs: number
  /** The share of requests at the provider that get no answer. */
  readonly providerFailureRate: number
  /** Now and then a conclusion is written, and its answer lost. */
  readonly losesAnswers: boolean
  /** Some captures are made and never answered, however often they are asked for, so that their orders turn back. */
  readonly losesCaptures: boolean
  /** Its connections to PostgreSQL lead through a proxy that can reset them. */
  readonly throughProxy: boolean
}

export const LOSES_ANSWERS_VARIABLE = "CRASH_LOSES_ANSWERS"
export const LOSES_CAPTURES_VARIABLE = "CRASH_LOSES_CAPTURES"

/** A provider that fails now and then, as providers do: orders are retried, and authorizations abandoned. */
export const USUAL: Conditions = {
  providerLatencyMs: 0,
  providerFailureRate: 0.05,
  losesAnswers: false,
  losesCaptures: false,
  throughProxy: false
}

/** Long enough for a batch to need its leases renewed, and shorter than the provider may take. */
const SLOW_MS = 700

export const conditionsFor = (operation: Operation): Conditions => {
  switch (operation) {
    case "saga.renew":
      return { ...USUAL, providerLatencyMs: SLOW_MS }
    // Settling looks up only captures that nobody knows the answer of.
    case "provider.lookup":
    case "provider.refund":
      return { ...USUAL, losesCaptures: true }
    case "ledger.abandonUnlessConcluded":
      return { ...USUAL, losesAnswers: true }
    default:
      return USUAL
  }
}

export const environmentOf = (conditions: Conditions): Readonly<Record<string, string>> => ({
  MOCK_LATENCY_MS: String(conditions.providerLatencyMs),
  MOCK_FAILURE_RATE: String(conditions.providerFailureRate),
  ...(conditions.losesAnswers ? { [LOSES_ANSWERS_VARIABLE]: "yes" } : {}),
  ...(conditions.losesCaptures ? { [LOSES_CAPTURES_VARIABLE]: "yes" } : {})
})

export const areEqual = (one: Conditions, other: Conditions): boolean =>
  JSON.stringify(environmentOf(one)) === JSON.stringify(environmentOf(other)) && one.throughProxy === other.throughProxy
