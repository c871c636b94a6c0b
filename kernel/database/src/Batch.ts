import { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"
import { Statement } from "effect/sql"
import { safeIntegers } from "./SafeIntegers.ts"

type Column = { readonly type: string; readonly values: PgTypes.Parameter }

const column =
  <A>(type: string, oid: number) =>
  (values: ReadonlyArray<A>): Column => ({ type, values: Result.getOrThrow(PgTypes.array(values, oid)) })

/** A column of a batch: one value per row, sent as one array parameter. */
export const uuids = column<string | null>("uuid", PgTypes.OID.uuid)
export const texts = column<string | null>("text", PgTypes.OID.text)
export const ints = column<number | null>("int", PgTypes.OID.int4)
export const booleans = column<boolean | null>("boolean", PgTypes.OID.bool)
export const timestamps = column<Date | null>("timestamptz", PgTypes.OID.timestamptz)
export const bigints = (values: ReadonlyArray<number | null>): Column => ({
  type: "bigint",
  values: Result.getOrThrow(PgTypes.array(values, PgTypes.OID.int8, safeIntegers))
})
/** JSON documents, one per row. They travel as text and are cast once in the statement. */
export const jsons = (values: ReadonlyArray<unknown>): Column => ({
  ...texts(values.map((value) => (value === null ? null : JSON.stringify(value)))),
  type: "jsonb"
})

/**
 * A batch of rows as a table in a statement: `unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS batch(id, sku, position)`.
 * One parameter per column whatever the number of rows, so a statement is prepared once for all batch sizes. `position`
 * counts from 1 in the order of the rows.
 */
export const batch = (name: string, columns: Readonly<Record<string, Column>>): Statement.Fragment => {
  const segments: Array<Statement.Segment> = [Statement.literal("unnest(")]
  const entries = Object.entries(columns)
  entries.forEach(([, { type, values }], index) => {
    const separator = index === 0 ? "" : ", "
    segments.push(Statement.literal(separator), Statement.parameter(values))
    segments.push(Statement.literal(type === "jsonb" ? "::text[]::jsonb[]" : `::${type}[]`))
  })
  const names = entries.map(([key]) => key).join(", ")
  segments.push(Statement.literal(`) WITH ORDINALITY AS ${name}(${names}, position)`))
  return Statement.fragment(segments)
}
