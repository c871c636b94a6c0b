import { Cause, Effect } from "effect"
import { SqlError } from "effect/sql"
import { onOneLine } from "../../terminal/Text.ts"
import { type Finding, type Said, skipped } from "./Finding.ts"

/** One thing that is looked at. However it fails, and however long it takes, it does not keep the others from theirs. */
export interface Check<R = never> {
  readonly name: string
  readonly subject: string | null
  readonly run: Effect.Effect<Said | ReadonlyArray<Said>, unknown, R>
}

export const check = <R>(name: string, subject: string | null, run: Check<R>["run"]): Check<R> => ({
  name,
  subject,
  run
})

const CHECK_LIMIT_MS = 10_000
const WHY_MAX_CHARACTERS = 300

/** Why something failed, in one line. */
export const whyOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  const said = SqlError.isSqlError(error) && error.reason.cause instanceof Error ? error.reason.cause : error
  return onOneLine(said instanceof Error ? said.message : String(said)).slice(0, WHY_MAX_CHARACTERS)
}

/** Looks, within its limit of time; gives one finding at least. */
export const look = <R>({ name, run, subject }: Check<R>): Effect.Effect<ReadonlyArray<Finding>, never, R> =>
  run.pipe(
    Effect.timeoutOrElse({
      duration: CHECK_LIMIT_MS,
      orElse: () => Effect.succeed(skipped(`no answer within ${CHECK_LIMIT_MS / 1_000} s`))
    }),
    Effect.catchCause((cause) => Effect.succeed(skipped(whyOf(cause)))),
    Effect.map((said) => [said].flat().map((one) => ({ check: name, subject, ...one })))
  )
