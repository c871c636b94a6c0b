import { Effect, Schema } from "effect"
import type { SqlError } from "effect/sql"

/**
 * Reads the rows of a statement with a schema. What does not fit is a bug, and dies; so does the statement's own failure,
 * which TenantDatabase tells apart at the edge of the transaction.
 */
export const rowsOf = <A, I>(row: Schema.Codec<A, I>) => {
  const decode = Schema.decodeUnknownEffect(Schema.Array(row))
  return <R>(statement: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError, R>) =>
    Effect.orDie(Effect.flatMap(statement, decode))
}

/** The first row of a statement, if it has any. */
export const firstRowOf = <A, I>(row: Schema.Codec<A, I>) => {
  const rows = rowsOf(row)
  return <R>(statement: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError, R>) =>
    Effect.map(rows(statement), (found) => found[0])
}
