import { OrganizationId } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import { rowsOf } from "../Rows.ts"
import type { TenantDatabase } from "../TenantDatabase.ts"

const organizationRows = rowsOf(Schema.Struct({ organization_id: OrganizationId }))

/** The organizations with any row in a service's database, in order, after a given one, by its `organizations_present`. */
export const organizationsPresent = (
  { sql, withoutTenant }: TenantDatabase["Service"],
  after: OrganizationId | undefined,
  limit: number
): Effect.Effect<ReadonlyArray<OrganizationId>> =>
  Effect.map(
    withoutTenant(
      organizationRows(sql`
        SELECT organization_id
        FROM organizations_present(${after ?? null}::uuid, ${limit}::int) AS present(organization_id)`)
    ),
    (rows) => rows.map((row) => row.organization_id)
  )
