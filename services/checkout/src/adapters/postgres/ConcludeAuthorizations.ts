import type { PgClient } from "@effect/sql-pg"
import { batch, ints, jsons, type TenantDatabase, texts, timestamps, uuids } from "@valerix/database"
import { appendEvents, type DomainEvent } from "@valerix/messaging"
import { Currency, CustomerId } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import { orderAuthorized } from "../../application/OrderEvents.ts"
import type { Conclusion } from "../../application/ports/OrderLedger.ts"
import { detailOf, OUTCOME } from "../../application/TimelineOfAuthorization.ts"
import { lineCount } from "./LedgerLines.ts"
import { authorizationKeys } from "./OrderKeys.ts"

const Concluded = Schema.Struct({
  position: Schema.Int,
  customer_id: CustomerId,
  email: Schema.NullOr(Schema.String),
  currency: Currency,
  total_minor: Schema.Int
})
const decodeConcluded = Schema.decodeUnknownEffect(Schema.Array(Concluded))

/**
 * Writes what became of authorizations. An authorized order's row in the saga queue, its event and its timeline are in
 * the transaction that makes it AUTHORIZED, so it is executed if and only if it was accepted.
 */
export const concludeAuthorizations =
  (database: TenantDatabase["Service"]) =>
  (conclusions: ReadonlyArray<Conclusion>): Effect.Effect<ReadonlyArray<boolean>> =>
    database
      .transaction(conclusions.map((one) => one.organizationId))(writeConclusions(database.sql, conclusions))
      .pipe(Effect.orDie)

const decodePositions = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ position: Schema.Int })))

/**
 * Abandons those of the authorizations that are still awaited, and says which were concluded. The rows are locked first, so
 * a transaction that is still about to conclude them is waited for. Concluding is the only way past the authorization of
 * an entry that is not abandoned, so an entry that is past it in this generation was concluded in it.
 */
export const abandonUnlessConcluded =
  (database: TenantDatabase["Service"]) =>
  (conclusions: ReadonlyArray<Conclusion>, reason: string): Effect.Effect<ReadonlyArray<boolean>> => {
    const { sql } = database
    const abandoned = conclusions.map(
      ({ correlationId, durationMs, generation, orderId, organizationId }): Conclusion => ({
        _tag: "Abandoned",
        ...{ organizationId, orderId, generation, correlationId, durationMs, reason }
      })
    )
    const concluded = sql`
      SELECT concluded.position FROM ${keysOf(conclusions)} JOIN order_ledger AS ledger USING (organization_id, order_id)
      WHERE ledger.generation = concluded.generation AND ledger.status <> 'AWAITING_AUTHORIZATION' AND NOT ledger.abandoned`
    return database
      .transaction(conclusions.map((one) => one.organizationId))(
        Effect.andThen(writeConclusions(sql, abandoned), Effect.flatMap(concluded, decodePositions))
      )
      .pipe(
        Effect.orDie,
        Effect.map((rows) => {
          const positions = new Set(rows.map((row) => row.position))
          return conclusions.map((_, index) => positions.has(index + 1))
        })
      )
  }

/** Writes conclusions in the caller's transaction; gives which of them it wrote. */
const writeConclusions = (sql: PgClient.PgClient, conclusions: ReadonlyArray<Conclusion>) => {
  const lockRows = sql`
      SELECT FROM ${keysOf(conclusions)} JOIN order_ledger AS ledger USING (organization_id, order_id)
      ORDER BY organization_id, order_id FOR UPDATE OF ledger`

  const moveLedger = Effect.flatMap(
    sql`
        UPDATE order_ledger AS ledger SET
          status = coalesce(next.status, ledger.status),
          abandoned = next.status IS NULL,
          payment_authorization_id = next.payment_authorization_id,
          expires_at = next.expires_at,
          failure = next.failure,
          updated_at = now()
        FROM ${batch("next", {
          organization_id: uuids(conclusions.map((one) => one.organizationId)),
          order_id: uuids(conclusions.map((one) => one.orderId)),
          generation: ints(conclusions.map((one) => one.generation)),
          status: texts(conclusions.map((one) => STATUS_AFTER[one._tag])),
          payment_authorization_id: texts(
            conclusions.map((one) => (one._tag === "Authorized" ? one.authorizationId : null))
          ),
          expires_at: timestamps(conclusions.map((one) => (one._tag === "Authorized" ? one.expiresAt : null))),
          failure: jsons(conclusions.map((one) => (one._tag === "Declined" ? one.failure : null)))
        })}
        WHERE ledger.organization_id = next.organization_id AND ledger.order_id = next.order_id
          AND ledger.generation = next.generation AND ledger.status = 'AWAITING_AUTHORIZATION' AND NOT ledger.abandoned
        RETURNING next.position, ledger.customer_id, ledger.email, ledger.currency, ledger.total_minor`,
    decodeConcluded
  )

  const enqueue = (authorized: ReadonlyArray<Conclusion>) => sql`
      INSERT INTO saga_queue (organization_id, order_id, saga_version, weight)
      SELECT organization_id, order_id, ledger.saga_version, ${lineCount(sql)}
      FROM ${keysOf(authorized)} JOIN order_ledger AS ledger USING (organization_id, order_id)
      ORDER BY organization_id, order_id`

  /** A definite answer ends the lease; an abandoned authorization is left to the sweep, at once. */
  const endLeases = (definite: ReadonlyArray<Conclusion>) => sql`
      DELETE FROM edge_leases AS lease USING ${keysOf(definite)}
      WHERE lease.organization_id = concluded.organization_id AND lease.order_id = concluded.order_id
        AND lease.generation = concluded.generation`

  const expireLeases = (abandoned: ReadonlyArray<Conclusion>) => sql`
      UPDATE edge_leases AS lease SET leased_until = now() FROM ${keysOf(abandoned)}
      WHERE lease.organization_id = concluded.organization_id AND lease.order_id = concluded.order_id
        AND lease.generation = concluded.generation`

  const appendTimeline = (owned: ReadonlyArray<Conclusion>) => sql`
      INSERT INTO order_timeline (organization_id, order_id, step, attempt, outcome, detail, duration_ms, epoch)
      SELECT organization_id, order_id, 'authorize', generation, outcome, detail, duration_ms, 0
      FROM ${batch("entry", {
        organization_id: uuids(owned.map((one) => one.organizationId)),
        order_id: uuids(owned.map((one) => one.orderId)),
        generation: ints(owned.map((one) => one.generation)),
        outcome: texts(owned.map((one) => OUTCOME[one._tag])),
        detail: texts(owned.map((one) => detailOf(one) ?? null)),
        duration_ms: ints(owned.map((one) => Math.round(one.durationMs)))
      })}`

  return Effect.gen(function* () {
    yield* lockRows
    const rows = yield* moveLedger
    const owned = rows.flatMap((row) => {
      const conclusion = conclusions[row.position - 1]
      return conclusion === undefined ? [] : [{ conclusion, row }]
    })
    const all = owned.map(({ conclusion }) => conclusion)
    const authorized = all.filter((one) => one._tag === "Authorized")
    const definite = all.filter((one) => one._tag !== "Abandoned")
    const abandoned = all.filter((one) => one._tag === "Abandoned")
    if (authorized.length > 0) yield* enqueue(authorized)
    if (definite.length > 0) yield* endLeases(definite)
    if (abandoned.length > 0) yield* expireLeases(abandoned)
    if (all.length > 0) yield* appendTimeline(all)
    yield* appendEvents(
      sql,
      owned.flatMap(({ conclusion, row }) => authorizedEvent(conclusion, row))
    )
    const positions = new Set(rows.map((row) => row.position))
    return conclusions.map((_, index) => positions.has(index + 1))
  })
}

const keysOf = (conclusions: ReadonlyArray<Conclusion>) => authorizationKeys("concluded", conclusions)

const STATUS_AFTER = { Authorized: "AUTHORIZED", Declined: "AUTHORIZATION_FAILED", Abandoned: null } as const

const authorizedEvent = (conclusion: Conclusion, row: typeof Concluded.Type): ReadonlyArray<DomainEvent> =>
  conclusion._tag === "Authorized"
    ? [
        orderAuthorized(conclusion, {
          customerId: row.customer_id,
          email: row.email ?? undefined,
          currency: row.currency,
          totalMinor: row.total_minor
        })
      ]
    : []
