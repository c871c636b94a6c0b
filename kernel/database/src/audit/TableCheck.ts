import type { OrganizationId } from "@valerix/money-and-ids"
import type { Check, Finding } from "@valerix/tenancy"
import { Effect, Schema } from "effect"
import type { SqlError, Statement } from "effect/sql"
import { firstRowOf, rowsOf } from "../Rows.ts"
import type { TenantDatabase } from "../TenantDatabase.ts"

const BEFORE_ALL = "00000000-0000-0000-0000-000000000000"
const AFTER_ALL = "ffffffff-ffff-ffff-ffff-ffffffffffff"

const findEnd = firstRowOf(Schema.Struct({ last: Schema.String }))

/** A finding before it is said in which organization. */
export type Remark<Code extends string> = Omit<Finding<Code>, "organizationId">

export interface TableCheck<Row, Encoded, Code extends string> {
  readonly name: string
  readonly table: string
  /** The column of ids that the organization's rows are gone through by; (organization_id, it) begins an index. */
  readonly id: string
  /** Its findings are about something else than this id. */
  readonly hasOtherSubjects?: boolean
  /** How many rows are read at once; rows of one id stay together. */
  readonly rowsMax: number
  readonly row: Schema.Codec<Row, Encoded>
  /** Selects what may be wrong. `within` holds for the rows of the chunk, where the table is called `checked`. */
  readonly suspects: (within: Statement.Fragment) => Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>
  readonly remarks: (row: Row) => ReadonlyArray<Remark<Code>>
}

/**
 * A check of one table of an organization, a range of its ids at a time. Each range is judged in one statement, so what
 * is seen is of one moment, also while orders are being executed.
 */
export const tableCheck = <Row, Encoded, Code extends string>(
  { sql, transaction }: TenantDatabase["Service"],
  { hasOtherSubjects, id, name, remarks, row, rowsMax, suspects, table }: TableCheck<Row, Encoded, Code>
): Check<Code> => {
  const column = sql(id)
  const decoded = rowsOf(row)

  const judged = (organizationId: OrganizationId, within: Statement.Fragment) =>
    Effect.map(decoded(suspects(sql`checked.organization_id = ${organizationId}::uuid AND ${within}`)), (rows) =>
      rows.flatMap((one) => remarks(one).map((remark) => ({ ...remark, organizationId })))
    )

  const one: NonNullable<Check<Code>["one"]> = (organizationId, key) =>
    transaction([organizationId])(judged(organizationId, sql`checked.${column} = ${key}::uuid`))

  return {
    name,
    key: "uuid",
    ...(hasOtherSubjects === true ? {} : { one }),
    chunk: (organizationId, after) => {
      const from = after ?? BEFORE_ALL
      const body = Effect.gen(function* () {
        const end = yield* findEnd(sql`
          SELECT ${column}::text AS last FROM ${sql(table)}
          WHERE organization_id = ${organizationId}::uuid AND ${column} > ${from}::uuid
          ORDER BY ${column} OFFSET ${rowsMax - 1}::int LIMIT 1`)
        const within = sql`checked.${column} > ${from}::uuid AND checked.${column} <= ${end?.last ?? AFTER_ALL}::uuid`
        return { findings: yield* judged(organizationId, within), next: end?.last }
      })
      return transaction([organizationId])(body)
    }
  }
}
