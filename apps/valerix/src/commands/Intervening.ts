import { userInfo } from "node:os"
import { Schema } from "effect"
import { Flag } from "effect/cli"

const REASON_MAX = 500

const Reason = Schema.String.check(
  Schema.isBetweenLength(1, REASON_MAX),
  Schema.isPattern(/\S/, { expected: "a reason that says something" })
)

/** Why somebody intervenes. */
export const reasonFlag = Flag.String("reason").pipe(
  Flag.withSchema(Reason),
  Flag.withDescription("Why; it is kept in the timeline, with who you are")
)

/** Who is at this terminal. */
export const principalHere = (): string => {
  try {
    return `cli:${userInfo().username}`
  } catch {
    return "cli"
  }
}
