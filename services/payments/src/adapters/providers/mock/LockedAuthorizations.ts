import type { PgClient } from "@effect/sql-pg"
import { batch, texts, uuids } from "@valerix/database"
import { MinorUnits, type OrganizationId } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"

/** An authorization under lock. Its status is changed here as decisions are made, so that the next one sees them. */
export interface LockedAuthorization {
  readonly orderReference: string
  readonly amountMinor: number
  readonly isExpired: boolean
  status: "AUTHORIZED" | "DECLINED" | "VOIDED" | "CAPTURED"
}

interface Named {
  readonly organizationId: OrganizationId
  readonly authorizationId: string
}

const Row = Schema.Struct({
  organization_id: Schema.String,
  authorization_id: Schema.String,
  order_reference: Schema.String,
  amount_minor: MinorUnits,
  status: Schema.Literals(["AUTHORIZED", "DECLINED", "VOIDED", "CAPTURED"]),
  is_expired: Schema.Boolean
})
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))

export const nameOf = (organizationId: string, reference: string) => `${organizationId}/${reference}`

/** Locks authorizations, in key order, and then reads them: a capture and a void of the same one come one by one. */
export const lockAuthorizations = Effect.fnUntraced(function* (sql: PgClient.PgClient, named: ReadonlyArray<Named>) {
  const rows = () =>
    batch("request", {
      organization_id: uuids(named.map(({ organizationId }) => organizationId)),
      authorization_id: texts(named.map(({ authorizationId }) => authorizationId))
    })
  yield* sql`
    SELECT 1 FROM ${rows()} JOIN authorizations USING (organization_id, authorization_id)
    ORDER BY organization_id, authorization_id FOR UPDATE OF authorizations`
  const found = yield* decodeRows(
    yield* sql`
      SELECT organization_id, authorization_id, order_reference, amount_minor, status, expires_at <= now() AS is_expired
      FROM ${rows()} JOIN authorizations USING (organization_id, authorization_id)`
  )
  return new Map(
    found.map((row): [string, LockedAuthorization] => [
      nameOf(row.organization_id, row.authorization_id),
      {
        orderReference: row.order_reference,
        amountMinor: row.amount_minor,
        isExpired: row.is_expired,
        status: row.status
      }
    ])
  )
})
