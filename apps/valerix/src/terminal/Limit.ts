import { Schema } from "effect"
import { Flag } from "effect/cli"

const LIMIT_MAX = 10_000

/** How much a list lists at most. */
export const limitFlag = (what: string, byDefault: number) =>
  Flag.Int("limit").pipe(
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: LIMIT_MAX }))),
    Flag.withDescription(`How many ${what} at most, ${byDefault} by default`),
    Flag.withDefault(byDefault)
  )
