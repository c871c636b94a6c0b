import type { TenantDatabase } from "@valerix/database"
import { Effect, Result, Schema } from "effect"
import { leaseRows } from "./QueueLeases.ts"
import { SagaFailureJson } from "./SagaFailureJson.ts"
import type { ClaimedSaga, Lease } from "./SagaStore.ts"
import type { SagaTables } from "./SagaTables.ts"

const decodeState = Schema.decodeUnknownResult(
  Schema.Struct({
    status: Schema.String,
    saga_version: Schema.Int,
    retry_count: Schema.Int,
    unsent_count: Schema.Int,
    unsent_for_ms: Schema.Number,
    expires_in_ms: Schema.NullOr(Schema.Number),
    undone_steps: Schema.Array(Schema.String),
    cancel_requested: Schema.Boolean,
    failure: Schema.NullOr(SagaFailureJson),
    correlation_id: Schema.NullOr(Schema.String)
  })
)

/** A park reason is read by people; the whole of a damaged document is not for them. */
const REASON_LENGTH_MAX = 300

export type ReadSaga =
  | { readonly _tag: "Read"; readonly saga: ClaimedSaga }
  | { readonly _tag: "Unreadable"; readonly lease: Lease; readonly status: string; readonly reason: string }
  /** The queue has a row for it, and the ledger has none. */
  | { readonly _tag: "Missing"; readonly lease: Lease }

/**
 * Reads claimed sagas from the ledger, in the order in which they were begun. Each row is read on its own: one that cannot
 * be read keeps no other from being read.
 */
export const readClaimed = (database: TenantDatabase["Service"], tables: SagaTables) => {
  const { sql } = database
  const ledger = sql(tables.ledger)
  const id = sql(tables.id)

  return (claimed: ReadonlyArray<Lease>): Effect.Effect<ReadonlyArray<ReadSaga>> => {
    const leases = claimed.toSorted(byAge)
    // The times are subtracted as numbers: to subtract infinite ones is an error before PostgreSQL 17.
    return database
      .transaction(leases.map((lease) => lease.organizationId))(
        sql<{ readonly position: number; readonly status: string }>`
          SELECT held.position, ledger.status, ledger.saga_version, ledger.retry_count, ledger.unsent_count,
            coalesce(extract(epoch FROM now()) - extract(epoch FROM ledger.unsent_since), 0)::float8 * 1000 AS unsent_for_ms,
            (extract(epoch FROM ledger.expires_at) - extract(epoch FROM now()))::float8 * 1000 AS expires_in_ms,
            ledger.undone_steps, ledger.cancel_requested_at IS NOT NULL AS cancel_requested,
            ledger.failure, ledger.correlation_id
          FROM ${leaseRows(leases)}
          JOIN ${ledger} AS ledger ON ledger.organization_id = held.organization_id AND ledger.${id} = held.saga_id`
      )
      .pipe(
        Effect.map((rows) => {
          const byPosition = new Map(rows.map((row) => [row.position, row]))
          return leases.map((lease, index): ReadSaga => {
            const row = byPosition.get(index + 1)
            return row === undefined ? { _tag: "Missing", lease } : readRow(lease, row)
          })
        }),
        Effect.orDie
      )
  }
}

/** Ids rise with time. */
const byAge = (a: Lease, b: Lease): number =>
  a.sagaId === b.sagaId ? (a.organizationId < b.organizationId ? -1 : 1) : a.sagaId < b.sagaId ? -1 : 1

const readRow = (lease: Lease, row: { readonly status: string }): ReadSaga => {
  const decoded = decodeState(row)
  if (Result.isFailure(decoded)) {
    const reason = String(decoded.failure.message).slice(0, REASON_LENGTH_MAX)
    return { _tag: "Unreadable", lease, status: row.status, reason: `its row in the ledger cannot be read: ${reason}` }
  }
  const state = decoded.success
  return {
    _tag: "Read",
    saga: {
      ...lease,
      version: state.saga_version,
      status: state.status,
      attempts: state.retry_count,
      unsent: state.unsent_count,
      unsentForMs: state.unsent_for_ms,
      expiresInMs: state.expires_in_ms ?? undefined,
      undone: state.undone_steps,
      cancelRequested: state.cancel_requested,
      failure: state.failure ?? undefined,
      correlationId: state.correlation_id ?? undefined
    }
  }
}
