import type { Conclusion } from "./ports/OrderLedger.ts"

/** What the timeline says came of an authorization. */
export const OUTCOME = { Authorized: "DONE", Declined: "REJECTED", Abandoned: "UNAVAILABLE" } as const

/** Why, where there is a reason. */
export const detailOf = (conclusion: Conclusion): string | undefined => {
  switch (conclusion._tag) {
    case "Authorized":
      return undefined
    case "Declined":
      return `${conclusion.failure.code}: ${conclusion.failure.message}`
    case "Abandoned":
      return conclusion.reason
  }
}

/** Why of one that its edge did not conclude. */
export const UNCONCLUDED = "it was not concluded in time"
