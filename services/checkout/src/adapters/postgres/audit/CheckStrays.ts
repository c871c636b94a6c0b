import { type TenantDatabase, tableCheck } from "@valerix/database"
import type { Check } from "@valerix/tenancy"
import { Schema } from "effect"
import type { LedgerFindingCode } from "../../../domain/LedgerFindings.ts"

const Stray = Schema.Struct({ order_id: Schema.String })

/** Promise 4: what is written with an order is of an order that its organization has. */
const checkStrays = (
  database: TenantDatabase["Service"],
  { code, name, table, what }: { name: string; table: string; code: LedgerFindingCode; what: string }
): Check<LedgerFindingCode> =>
  tableCheck(database, {
    name,
    table,
    id: "order_id",
    rowsMax: 2_000,
    row: Stray,
    suspects: (within) => database.sql`
      SELECT DISTINCT checked.order_id::text AS order_id FROM ${database.sql(table)} AS checked
      WHERE ${within} AND NOT EXISTS (SELECT FROM order_ledger AS ledger
        WHERE ledger.organization_id = checked.organization_id AND ledger.order_id = checked.order_id)
      ORDER BY order_id`,
    remarks: ({ order_id: subject }) => [
      { promise: 4, code, subject, message: `${what} of an order that is not in the organization's ledger.` }
    ]
  })

export const checkLines = (database: TenantDatabase["Service"]) =>
  checkStrays(database, { name: "lines", table: "order_ledger_items", code: "line_without_order", what: "Lines" })

export const checkTimeline = (database: TenantDatabase["Service"]) =>
  checkStrays(database, { name: "timeline", table: "order_timeline", code: "attempt_without_order", what: "Attempts" })
