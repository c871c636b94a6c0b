import { firstRowOf } from "@valerix/database"
import { Clock, Effect, Schema } from "effect"
import { spanText } from "../../../terminal/Spans.ts"
import { check } from "../Check.ts"
import { fail, ok, type Said, warn } from "../Finding.ts"
import type { Sessions } from "./LookedAt.ts"

const NOTICED_MS = 1_000
const WRONG_MS = 60_000

const timeOf = firstRowOf(Schema.Struct({ now_ms: Schema.Number }))

/** What the difference of two clocks means; `uncertainMs` is how long it took to ask. */
export const judgeSkew = (skewMs: number, uncertainMs: number): Said => {
  const least = Math.max(0, Math.abs(skewMs) - uncertainMs)
  if (least < NOTICED_MS) return ok(`the database's clock and this one agree, within ${spanText(NOTICED_MS)}`)
  const found = `the database's clock is ${spanText(Math.abs(skewMs))} ${skewMs > 0 ? "ahead of" : "behind"} this one`
  const advice =
    "Let both machines follow a time server (chrony, systemd-timesyncd). Leases go by the database's clock, ids and logs by this one."
  return least < WRONG_MS ? warn(found, advice) : fail(found, advice)
}

export const clockCheck = (subject: string, { asObserver: sql }: Sessions) =>
  check(
    "clock",
    subject,
    Effect.gen(function* () {
      // The first statement connects, which takes its time.
      yield* sql`SELECT 1`
      const before = yield* Clock.currentTimeMillis
      const row = yield* timeOf(sql`SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now_ms`)
      const after = yield* Clock.currentTimeMillis
      return row === undefined ? [] : judgeSkew(row.now_ms - (before + after) / 2, (after - before) / 2)
    })
  )
