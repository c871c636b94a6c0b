import { Data, Runtime } from "effect"
import { CliError } from "effect/cli"

/** How a command ends; docs/command-line.md says the same to whoever writes a script. */
export const EXIT = {
  DONE: 0,
  /** It could not be done, was refused, or something was found. */
  FAILED: 1,
  /** The command, a flag, a value or an environment variable cannot be used: nothing was done. */
  USAGE: 2,
  /** Valerix or a database did not answer: the same command may succeed later. */
  UNREACHABLE: 3,
  /** It goes on, and the time for waiting was over. */
  UNFINISHED: 4
} as const

/** Flags that do not fit together, or values that can only be judged together. */
export class UsageError extends Data.TaggedError("UsageError")<{ readonly message: string }> {
  override readonly [Runtime.errorExitCode] = EXIT.USAGE
}

/** Errors of packages that know nothing of exit codes. */
const CODES: Readonly<Record<string, number>> = {
  DatabaseUnreachable: EXIT.UNREACHABLE,
  ServerLost: EXIT.UNREACHABLE,
  ServerNotRunning: EXIT.UNREACHABLE,
  ServerOutOfReach: EXIT.UNREACHABLE,
  InvalidDatabaseUrl: EXIT.USAGE
}

export const exitCodeOf = (error: unknown): number => {
  if (CliError.isCliError(error)) return EXIT.USAGE
  const tag = memberOf(error, "_tag")
  // Of the embedded server it is the reason that tells.
  const known = tag === "EmbeddedServerError" ? memberOf(memberOf(error, "reason"), "_tag") : tag
  return (typeof known === "string" ? CODES[known] : undefined) ?? Runtime.getErrorExitCode(error)
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined
