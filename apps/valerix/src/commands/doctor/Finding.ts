import { Schema } from "effect"

/** What a check found: all is well, somebody should look soon, something is wrong, or it could not be looked at. */
export const Result = Schema.Literals(["OK", "WARN", "FAIL", "SKIPPED"])
export type Result = typeof Result.Type

export const Finding = Schema.Struct({
  /** What was looked at; stable, for programs. */
  check: Schema.String,
  /** Which one of several was looked at, such as a database. */
  subject: Schema.NullOr(Schema.String),
  result: Result,
  found: Schema.String,
  /** What to do about it. */
  advice: Schema.NullOr(Schema.String)
})
export type Finding = typeof Finding.Type

/** What a check says; which check it was is put in by whoever runs it. */
export type Said = Pick<Finding, "result" | "found" | "advice">

export const ok = (found: string): Said => ({ result: "OK", found, advice: null })
export const warn = (found: string, advice: string): Said => ({ result: "WARN", found, advice })
export const fail = (found: string, advice: string): Said => ({ result: "FAIL", found, advice })
export const skipped = (why: string): Said => ({
  result: "SKIPPED",
  found: `could not be looked at: ${why}`,
  advice: null
})

const SEVERITY: ReadonlyArray<Result> = ["OK", "SKIPPED", "WARN", "FAIL"]

/** The worst of what was found. */
export const worstOf = (findings: ReadonlyArray<Pick<Finding, "result">>): Result =>
  SEVERITY.findLast((result) => findings.some((finding) => finding.result === result)) ?? "OK"
