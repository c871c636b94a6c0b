import type { PgClient } from "@effect/sql-pg"
import { type OrganizationId, Uuid } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { Statement } from "effect/sql"
import { firstRowOf } from "../Rows.ts"

const BEFORE_ALL = "00000000-0000-0000-0000-000000000000"
const AFTER_ALL = "ffffffff-ffff-ffff-ffff-ffffffffffff"

const EndRow = Schema.Struct({ last: Uuid })

/**
 * Cuts an organization's rows of a table, in the order of an indexed id, into ranges of so many rows. Rows of one id stay
 * together. Gives the condition that selects the range after an id, and the id that it ends with (none: it is the last).
 */
export const chunksOf = (sql: PgClient.PgClient, table: string, id: string, rowsMax: number) => {
  const column = sql(id)
  const end = firstRowOf(EndRow)
  return Effect.fnUntraced(function* (organizationId: OrganizationId, after: string | undefined) {
    const from = after ?? BEFORE_ALL
    const found = yield* end(sql`
      SELECT ${column} AS last FROM ${sql(table)} WHERE organization_id = ${organizationId} AND ${column} > ${from}::uuid
      ORDER BY ${column} OFFSET ${rowsMax - 1} LIMIT 1`)
    const within: Statement.Fragment = sql`checked.organization_id = ${organizationId} AND checked.${column} > ${from}::uuid
      AND checked.${column} <= ${found?.last ?? AFTER_ALL}::uuid`
    return { within, next: found?.last }
  })
}
