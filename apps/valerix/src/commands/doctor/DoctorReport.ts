import { Schema } from "effect"
import { Finding, Result } from "./Finding.ts"

/** What valerix doctor says to programs. */
export const DoctorReport = Schema.Struct({
  /** The worst of all findings. */
  result: Result,
  checked_at: Schema.DateTimeUtcFromString,
  findings: Schema.Array(Finding)
})
