import { Cause, type Logger, LogLevel, Predicate, References } from "effect"
import { CurrentCorrelationId } from "./CorrelationId.ts"

/** An error as it is logged: what kind, what it says, what caused it, and where it happened if stacks are wanted. */
export interface LoggedError {
  readonly tag: string
  readonly message: string
  readonly cause?: LoggedError
  readonly stack?: string
}

/** One event of the log, in the order in which its fields are written. */
export interface LogEvent {
  readonly timestamp: string
  readonly level: string
  readonly service: string
  readonly message: string
  readonly correlation_id?: string
  readonly annotations?: Readonly<Record<string, unknown>>
  readonly error?: LoggedError
}

const CAUSES_FOLLOWED_MAX = 3

/** The event that a logger was given. What was logged besides its text joins the annotations of its fiber. */
export const logEventOf = (
  { logLevel, message, cause, fiber, date }: Logger.Options<unknown>,
  defaultService: string
): LogEvent => {
  const withStack = LogLevel.isLessThanOrEqualTo(fiber.getRef(References.MinimumLogLevel), "Debug")
  const texts: Array<string> = []
  const annotations: Record<string, unknown> = { ...fiber.getRef(References.CurrentLogAnnotations) }
  let failure: unknown = cause.reasons.length === 0 ? undefined : failureOf(cause)
  for (const part of Array.isArray(message) ? message : [message]) {
    if (part instanceof Error) failure ??= part
    else if (isRecord(part)) Object.assign(annotations, part)
    else texts.push(typeof part === "string" ? part : String(part))
  }
  const { service = defaultService, correlation_id = fiber.getRef(CurrentCorrelationId), ...others } = annotations
  return {
    timestamp: date.toISOString(),
    level: logLevel.toLowerCase(),
    service: String(service),
    message: texts.join(" "),
    ...(correlation_id === undefined ? {} : { correlation_id: String(correlation_id) }),
    ...(Object.keys(others).length === 0 ? {} : { annotations: others }),
    ...(failure === undefined ? {} : { error: loggedError(failure, withStack) })
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype

const failureOf = (cause: Cause.Cause<unknown>): unknown =>
  Cause.hasInterruptsOnly(cause) ? { _tag: "Interrupted", message: "interrupted" } : Cause.squash(cause)

/** An error, or whatever was thrown in its place, as it is logged. */
export const loggedError = (error: unknown, withStack: boolean, depth = 0): LoggedError => {
  if (!Predicate.isObject(error)) return { tag: "Unknown", message: String(error) }
  const stack = withStack && depth === 0 ? textIn(error, "stack") : undefined
  const inner = Predicate.hasProperty(error, "cause") ? error.cause : undefined
  return {
    tag: textIn(error, "_tag") ?? textIn(error, "name") ?? "Error",
    message: textIn(error, "message") ?? textIn(error, "reason") ?? "",
    ...(inner === undefined || depth === CAUSES_FOLLOWED_MAX
      ? {}
      : { cause: loggedError(inner, withStack, depth + 1) }),
    ...(stack === undefined ? {} : { stack })
  }
}

const textIn = (error: object, field: string): string | undefined => {
  const value: unknown = Reflect.get(error, field)
  return typeof value === "string" && value !== "" ? value : undefined
}
