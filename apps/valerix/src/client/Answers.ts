import { Data, Option, Runtime, Schema } from "effect"
import { EXIT } from "../terminal/ExitCodes.ts"
import { type ProblemDocument, problemText } from "./ProblemDocument.ts"

const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

/** Valerix has answered, with a problem. */
export class Refused extends Data.TaggedError("Refused")<{
  readonly problem: ProblemDocument
  readonly retryAfterMs: number | undefined
}> {
  override get message(): string {
    return problemText(this.problem)
  }
  /** The same request may be answered otherwise in a moment. */
  get isTransient(): boolean {
    return TRANSIENT_STATUSES.has(this.problem.status) || this.problem.code === "request_in_progress"
  }
  override get [Runtime.errorExitCode](): number {
    return this.isTransient ? EXIT.UNREACHABLE : EXIT.FAILED
  }
}

/** No answer of Valerix came. */
export class Unreachable extends Data.TaggedError("Unreachable")<{
  readonly url: string
  readonly why: string
  /** Nobody was connected to, so nothing was done. */
  readonly isUnsent: boolean
}> {
  override readonly [Runtime.errorExitCode] = EXIT.UNREACHABLE
  override get message(): string {
    return this.isUnsent
      ? `No Valerix can be reached at ${this.url} (${this.why}). Start it with valerix start, or say with --url or VALERIX_URL where it is.`
      : `${this.url} gave no answer (${this.why}). Whether it did what was asked is not known: where there is a --key, the same command with the same one asks, and does nothing twice.`
  }
}

/** Something has answered that is no Valerix, or not of this version. */
export class AnswerNotUnderstood extends Data.TaggedError("AnswerNotUnderstood")<{
  readonly url: string
  readonly why: string
}> {
  override get message(): string {
    return `What answers at ${this.url} is not understood (${this.why}). Is it a Valerix of this version? Say with --url or VALERIX_URL where it is.`
  }
}

export type AskingError = Refused | Unreachable | AnswerNotUnderstood

/** Codes of the system for a connection that never was. */
const UNSENT_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT"
])

const WithCode = Schema.Struct({ code: Schema.String })
const WithCause = Schema.Struct({ cause: Schema.Unknown })
const WithErrors = Schema.Struct({ errors: Schema.Array(Schema.Unknown) })
const asCode = Schema.decodeUnknownOption(WithCode)
const asCause = Schema.decodeUnknownOption(WithCause)
const asErrors = Schema.decodeUnknownOption(WithErrors)
const CAUSES_FOLLOWED_MAX = 6

/** The system's code of a failure, wherever in its causes it is. */
const systemCodeOf = (failure: unknown, depth = 0): string | undefined => {
  if (depth > CAUSES_FOLLOWED_MAX) return undefined
  const code = Option.getOrUndefined(asCode(failure))?.code
  if (code !== undefined) return code
  const several = Option.getOrUndefined(asErrors(failure))?.errors ?? []
  const causes = [...several, ...Option.toArray(Option.map(asCause(failure), ({ cause }) => cause))]
  for (const cause of causes) {
    const found = systemCodeOf(cause, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

export const unreachableBecause = (url: string, failure: unknown): Unreachable => {
  const code = systemCodeOf(failure)
  return new Unreachable({ url, why: code ?? "the connection broke", isUnsent: UNSENT_CODES.has(code ?? "") })
}
