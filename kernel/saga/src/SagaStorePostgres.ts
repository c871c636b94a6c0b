import {
  batch,
  bigints,
  booleans,
  databaseRejectedDataIn,
  ints,
  jsons,
  TenantDatabase,
  texts,
  uuids
} from "@valerix/database"
import { appendEvents } from "@valerix/messaging"
import { Effect, Schema } from "effect"
import { claimDue } from "./ClaimDue.ts"
import { inHalves } from "./InHalves.ts"
import { ledgerRow, parkedInstead } from "./LedgerRow.ts"
import type { SagaStatuses } from "./SagaDefinition.ts"
import { SagaFailureJson } from "./SagaFailureJson.ts"
import type { ClaimedSaga, Lease, Recorded, SagaStore, Transition } from "./SagaStore.ts"
import type { SagaTables } from "./SagaTables.ts"

const LedgerState = Schema.Struct({
  position: Schema.Int,
  status: Schema.String,
  saga_version: Schema.Int,
  retry_count: Schema.Int,
  unsent_count: Schema.Int,
  waited_ms: Schema.Number,
  expires_in_ms: Schema.NullOr(Schema.Number),
  undone_steps: Schema.Array(Schema.String),
  cancel_requested: Schema.Boolean,
  failure: Schema.NullOr(SagaFailureJson),
  correlation_id: Schema.NullOr(Schema.String)
})
const decodeStates = Schema.decodeUnknownEffect(Schema.Array(LedgerState))

/**
 * Keeps sagas in PostgreSQL: `queue` holds one row per unfinished saga, its lease: when it may be claimed and with which
 * epoch it was. `ledger` holds how far it has come. Every write locks the queue row first and keeps only the rows whose
 * epoch is the writer's, so a worker whose lease was taken over changes nothing. The queue holds ids and times only
 * and is read across organizations; ledger, timeline and outbox are reached with the organizations of the batch.
 */
export const makeSagaStorePostgres = (tables: SagaTables, statuses: SagaStatuses) =>
  Effect.gen(function* () {
    const database = yield* TenantDatabase
    const { sql } = database
    const ledger = sql(tables.ledger)
    const queue = sql(tables.queue)
    const timeline = sql(tables.timeline)
    const id = sql(tables.id)
    const takeTurn = claimDue(database, tables)

    const readStates = (leases: ReadonlyArray<Lease>) =>
      database.transaction(leases.map((lease) => lease.organizationId))(
        Effect.flatMap(
          sql`
            SELECT held.position, ledger.status, ledger.saga_version, ledger.retry_count, ledger.unsent_count,
              extract(epoch FROM now() - ledger.step_since)::float8 * 1000 AS waited_ms,
              extract(epoch FROM ledger.expires_at - now())::float8 * 1000 AS expires_in_ms,
              ledger.undone_steps, ledger.cancel_requested_at IS NOT NULL AS cancel_requested,
              ledger.failure, ledger.correlation_id
            FROM ${leaseRows(leases)}
            JOIN ${ledger} AS ledger ON ledger.organization_id = held.organization_id AND ledger.${id} = held.saga_id
            ORDER BY held.saga_id`,
          decodeStates
        )
      )

    const claim: SagaStore["claim"] = Effect.fnUntraced(function* (options) {
      const leases = yield* takeTurn(options)
      if (leases.length === 0) return []
      const states = yield* Effect.orDie(readStates(leases))
      return states.flatMap((state): ReadonlyArray<ClaimedSaga> => {
        const lease = leases[state.position - 1]
        return lease === undefined
          ? []
          : [
              {
                ...lease,
                version: state.saga_version,
                status: state.status,
                attempts: state.retry_count,
                unsent: state.unsent_count,
                waitedMs: state.waited_ms,
                expiresInMs: state.expires_in_ms ?? undefined,
                undone: state.undone_steps,
                cancelRequested: state.cancel_requested,
                failure: state.failure ?? undefined,
                correlationId: state.correlation_id ?? undefined
              }
            ]
      })
    })

    const renew: SagaStore["renew"] = Effect.fnUntraced(function* (leases, leaseMs) {
      const rows = yield* database.withoutTenant(
        Effect.andThen(
          lockLeases(leases),
          sql<{ position: number }>`
            UPDATE ${queue} AS queue SET visible_at = now() + ${leaseMs} * interval '1 ms'
            FROM ${leaseRows(leases)}
            WHERE queue.organization_id = held.organization_id AND queue.${id} = held.saga_id AND queue.epoch = held.epoch
            RETURNING held.position`
        )
      )
      const holds = new Set(rows.map((row) => row.position))
      return leases.map((_, index) => holds.has(index + 1))
    })

    /** Takes the row locks of the leases that still hold, in key order, and gives their positions. */
    const lockLeases = (leases: ReadonlyArray<Lease>) =>
      sql<{ position: number }>`
        SELECT held.position FROM ${leaseRows(leases)}
        JOIN ${queue} AS queue ON queue.organization_id = held.organization_id AND queue.${id} = held.saga_id
        WHERE queue.epoch = held.epoch
        ORDER BY held.organization_id, held.saga_id
        FOR UPDATE OF queue`

    const record: SagaStore["record"] = (transitions) =>
      inHalves(transitions, {
        work: recordTogether,
        isOfData: (cause) => databaseRejectedDataIn(cause) !== undefined,
        alone: (transition, cause) =>
          Effect.logError("What came of a saga cannot be written", { saga_id: transition.sagaId }, cause).pipe(
            Effect.andThen(recordTogether([parkedInstead(transition)])),
            Effect.map(([result]): Recorded => result ?? { _tag: "Lost" })
          )
      })

    const recordTogether = Effect.fnUntraced(function* (transitions: ReadonlyArray<Transition>) {
      const results = transitions.map((): Recorded => ({ _tag: "Lost" }))
      if (transitions.length === 0) return results
      yield* database.transaction(transitions.map((transition) => transition.organizationId))(
        Effect.gen(function* () {
          const held = yield* lockLeases(transitions)
          const owned = held.flatMap(({ position }) => entryAt(transitions, position - 1))
          if (owned.length === 0) return
          const moved = yield* moveLedger(owned.map(({ transition }) => transition))
          const applied = moved.flatMap((row) => {
            const entry = owned[row.position - 1]
            return entry === undefined ? [] : [{ ...entry, status: row.status, cancelRequested: row.cancel_requested }]
          })
          yield* moveQueue(applied)
          yield* appendTimeline(applied.map(({ transition }) => transition))
          yield* appendEvents(
            sql,
            applied.flatMap(({ transition: { change }, status }) =>
              "events" in change && hasEnded(status) ? change.events : []
            )
          )
          for (const { index, status, cancelRequested } of applied) {
            results[index] = { _tag: "Applied", status, cancelRequested }
          }
        })
      )
      return results
    })

    const moveLedger = (owned: ReadonlyArray<Transition>) => {
      const rows = owned.map(({ change }) => ledgerRow(change, statuses))
      return sql<{ position: number; status: string; cancel_requested: boolean }>`
        UPDATE ${ledger} AS ledger SET
          status = CASE WHEN next.completes AND ledger.cancel_requested_at IS NOT NULL THEN ${statuses.compensating}
            ELSE coalesce(next.status, ledger.status) END,
          step_since = CASE WHEN next.status IS NULL THEN ledger.step_since ELSE now() END,
          epoch = next.epoch,
          retry_count = next.retry_count,
          unsent_count = next.unsent_count,
          next_retry_at = now() + next.delay_ms * interval '1 ms',
          undone_steps = coalesce(string_to_array(next.undone, ','), ledger.undone_steps),
          failure = CASE WHEN next.completes AND ledger.cancel_requested_at IS NULL THEN ledger.failure
            ELSE coalesce(next.failure, ledger.failure) END,
          park_reason = next.park_reason,
          updated_at = now()
        FROM ${batch("next", {
          organization_id: uuids(owned.map((transition) => transition.organizationId)),
          saga_id: uuids(owned.map((transition) => transition.sagaId)),
          epoch: ints(owned.map((transition) => transition.epoch)),
          expected_status: texts(owned.map((transition) => transition.expectedStatus)),
          status: texts(rows.map((row) => row.status)),
          completes: booleans(owned.map(({ change }) => change._tag === "Complete")),
          retry_count: ints(rows.map((row) => row.attempts)),
          unsent_count: ints(rows.map((row) => row.unsent)),
          delay_ms: bigints(rows.map((row) => row.delayMs)),
          undone: texts(rows.map((row) => row.undone)),
          failure: jsons(rows.map((row) => row.failure)),
          park_reason: texts(rows.map((row) => row.parkReason))
        })}
        WHERE ledger.organization_id = next.organization_id AND ledger.${id} = next.saga_id
          AND ledger.status = next.expected_status
        RETURNING next.position, ledger.status, ledger.cancel_requested_at IS NOT NULL AS cancel_requested`
    }

    const moveQueue = Effect.fnUntraced(function* (
      applied: ReadonlyArray<{ readonly transition: Transition; readonly status: string }>
    ) {
      const ended = applied.filter(({ status }) => hasEnded(status)).map(({ transition }) => transition)
      if (ended.length > 0) {
        yield* sql`
          DELETE FROM ${queue} AS queue USING ${leaseRows(ended)}
          WHERE queue.organization_id = held.organization_id AND queue.${id} = held.saga_id`
      }
      const waiting = applied.flatMap(
        ({ transition }): ReadonlyArray<{ transition: Transition; delayMs: number | null }> => {
          const { change } = transition
          if (change._tag === "Retry") return [{ transition, delayMs: change.delayMs }]
          return change._tag === "Park" ? [{ transition, delayMs: null }] : []
        }
      )
      if (waiting.length > 0) {
        yield* sql`
          UPDATE ${queue} AS queue SET visible_at = coalesce(now() + next.delay_ms * interval '1 ms', 'infinity')
          FROM ${batch("next", {
            organization_id: uuids(waiting.map(({ transition }) => transition.organizationId)),
            saga_id: uuids(waiting.map(({ transition }) => transition.sagaId)),
            delay_ms: bigints(waiting.map(({ delayMs }) => delayMs))
          })}
          WHERE queue.organization_id = next.organization_id AND queue.${id} = next.saga_id`
      }
    })

    const appendTimeline = (transitions: ReadonlyArray<Transition>) => {
      const entries = transitions.flatMap((transition) =>
        transition.attempts.map((attempt) => ({ ...attempt, transition }))
      )
      if (entries.length === 0) return Effect.void
      return sql`
        INSERT INTO ${timeline} (organization_id, ${id}, step, attempt, outcome, detail, duration_ms, epoch)
        SELECT organization_id, saga_id, step, attempt, outcome, detail, duration_ms, epoch
        FROM ${batch("entry", {
          organization_id: uuids(entries.map(({ transition }) => transition.organizationId)),
          saga_id: uuids(entries.map(({ transition }) => transition.sagaId)),
          step: texts(entries.map((entry) => entry.step)),
          attempt: ints(entries.map((entry) => entry.number)),
          outcome: texts(entries.map((entry) => entry.outcome)),
          detail: texts(entries.map((entry) => entry.detail ?? null)),
          duration_ms: ints(entries.map((entry) => Math.round(entry.durationMs))),
          epoch: ints(entries.map(({ transition }) => transition.epoch))
        })}
        ORDER BY position`
    }

    const hasEnded = (status: string) => status === statuses.completed || status === statuses.failed

    const nextDueMs: SagaStore["nextDueMs"] = Effect.map(
      database.withoutTenant(sql<{ due_ms: number | null }>`
        SELECT extract(epoch FROM min(visible_at) - now())::float8 * 1000 AS due_ms
        FROM ${queue} WHERE visible_at < 'infinity'`),
      ([row]) => (row === undefined || row.due_ms === null ? undefined : Math.max(0, row.due_ms))
    )

    const unfinishedVersions: SagaStore["unfinishedVersions"] = Effect.map(
      database.withoutTenant(sql<{ saga_version: number }>`SELECT DISTINCT saga_version FROM ${queue}`),
      (rows) => rows.map((row) => row.saga_version)
    )

    const store: SagaStore = { claim, renew, record, nextDueMs, unfinishedVersions }
    return store
  })

const leaseRows = (leases: ReadonlyArray<Lease>) =>
  batch("held", {
    organization_id: uuids(leases.map((lease) => lease.organizationId)),
    saga_id: uuids(leases.map((lease) => lease.sagaId)),
    epoch: ints(leases.map((lease) => lease.epoch))
  })

const entryAt = (transitions: ReadonlyArray<Transition>, index: number) => {
  const transition = transitions[index]
  return transition === undefined ? [] : [{ index, transition }]
}
