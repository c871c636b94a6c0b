import { PgTypes } from "@effect/sql-pg"
import { Cause, Data, Effect } from "effect"
import { SqlError } from "effect/sql"

/**
 * The database did not do what was asked and may do it later: the connection was lost or refused, a lock or a statement
 * took too long, a deadlock or serialization conflict was resolved against us, the disk is full. Whether a commit that
 * was under way happened is unknown, so only what is idempotent may be repeated.
 */
export class DatabaseUnavailable extends Data.TaggedError("DatabaseUnavailable")<{
  readonly reason: string
  readonly cause: unknown
}> {
  override get message(): string {
    return this.reason
  }
}

/**
 * The database refused the data of a statement (SQLSTATE classes 22 and 23), or its client did, because they do not fit
 * the types that they are sent as or read into (22000); nothing of the transaction was kept.
 */
export class DatabaseRejectedData extends Data.TaggedError("DatabaseRejectedData")<{
  readonly sqlState: string
  readonly constraint: string | undefined
  readonly cause: unknown
}> {
  override get message(): string {
    return this.constraint === undefined ? `SQLSTATE ${this.sqlState}` : `SQLSTATE ${this.sqlState}, ${this.constraint}`
  }
}

const TRANSIENT_REASONS: ReadonlySet<string> = new Set([
  "ConnectionError",
  "AuthenticationError",
  "DeadlockError",
  "SerializationError",
  "LockTimeoutError",
  "StatementTimeoutError"
])

/** Insufficient resources, operator intervention, system error, and sessions that a timeout ended. */
const TRANSIENT_STATES = /^(?:53|57|58|25P0[34]|25006)/

const DATA_EXCEPTION = "22000"

const textField = (value: unknown, field: string): string | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  const found: unknown = Reflect.get(value, field)
  return typeof found === "string" ? found : undefined
}

const classify = (error: SqlError.SqlError): DatabaseUnavailable | DatabaseRejectedData | SqlError.SqlError => {
  const { reason } = error
  const sqlState = textField(reason.cause, "code") ?? ""
  if (TRANSIENT_REASONS.has(reason._tag) || TRANSIENT_STATES.test(sqlState)) {
    return new DatabaseUnavailable({
      reason: sqlState === "" ? reason._tag : `${reason._tag} ${sqlState}`,
      cause: error
    })
  }
  if (reason.cause instanceof PgTypes.CodecError) {
    return new DatabaseRejectedData({ sqlState: DATA_EXCEPTION, constraint: undefined, cause: error })
  }
  if (/^2[23]/.test(sqlState)) {
    return new DatabaseRejectedData({ sqlState, constraint: textField(reason.cause, "constraint"), cause: error })
  }
  return error
}

const sqlErrorIn = (cause: Cause.Cause<unknown>): SqlError.SqlError | undefined => {
  for (const reason of cause.reasons) {
    const error = Cause.isFailReason(reason) ? reason.error : Cause.isDieReason(reason) ? reason.defect : undefined
    if (SqlError.isSqlError(error)) return error
  }
  return undefined
}

/**
 * Turns every failure of the driver into one defect: DatabaseUnavailable, DatabaseRejectedData, or the SqlError itself
 * when it is a mistake in a statement. A lost connection reaches us as a typed failure or as a defect, depending on
 * where it strikes; callers see no difference.
 */
export const dieOnSqlError = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, SqlError.SqlError>, R> =>
  Effect.matchCauseEffect(effect, {
    onSuccess: Effect.succeed,
    onFailure: (cause) => {
      const error = sqlErrorIn(cause)
      return error === undefined
        ? Effect.failCause(Cause.fromReasons(cause.reasons.filter(isOfTheDomain)))
        : Effect.die(classify(error))
    }
  })

const isOfTheDomain = <E>(reason: Cause.Reason<E>): reason is Cause.Reason<Exclude<E, SqlError.SqlError>> =>
  !Cause.isFailReason(reason) || !SqlError.isSqlError(reason.error)

/** The DatabaseUnavailable in a cause, if that is why an effect died. */
export const databaseUnavailableIn = (cause: Cause.Cause<unknown>): DatabaseUnavailable | undefined =>
  defectsOf(cause).find((defect) => defect instanceof DatabaseUnavailable)

/** The DatabaseRejectedData in a cause, if that is why an effect died. */
export const databaseRejectedDataIn = (cause: Cause.Cause<unknown>): DatabaseRejectedData | undefined =>
  defectsOf(cause).find((defect) => defect instanceof DatabaseRejectedData)

const defectsOf = (cause: Cause.Cause<unknown>): ReadonlyArray<unknown> =>
  cause.reasons.filter(Cause.isDieReason).map((reason) => reason.defect)
