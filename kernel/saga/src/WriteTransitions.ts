import { batch, bigints, booleans, ints, jsons, type TenantDatabase, texts } from "@valerix/database"
import { appendEvents } from "@valerix/messaging"
import { Effect } from "effect"
import { ledgerRow } from "./LedgerRow.ts"
import { keyColumns, leaseRows } from "./QueueLeases.ts"
import type { SagaStatuses } from "./SagaDefinition.ts"
import type { Lease, Recorded, Transition } from "./SagaStore.ts"
import type { SagaTables } from "./SagaTables.ts"

/**
 * Writes what became of sagas, all of it in one transaction: ledger, queue, timeline and events. What is no longer the
 * writer's is left as it is, and Lost.
 */
export const writeTransitions = (database: TenantDatabase["Service"], tables: SagaTables, statuses: SagaStatuses) => {
  const { sql } = database
  const ledger = sql(tables.ledger)
  const queue = sql(tables.queue)
  const timeline = sql(tables.timeline)
  const id = sql(tables.id)

  /**
   * Takes the row locks of the leases that still hold, and gives their positions. One saga after the other in key order,
   * and of each the queue's row before the ledger's: so does everybody who locks either, so that none of them wait for
   * each other in a circle. A row that was waited for is looked at again as it is now, and passed over if its epoch has
   * risen; the state of the ledger is read by the statements that follow, which see what was committed meanwhile.
   */
  const lockOwned = (leases: ReadonlyArray<Lease>) =>
    sql<{ position: number }>`
      SELECT held.position FROM ${leaseRows(leases)}
      JOIN ${queue} AS queue ON queue.organization_id = held.organization_id AND queue.${id} = held.saga_id
      JOIN ${ledger} AS ledger ON ledger.organization_id = held.organization_id AND ledger.${id} = held.saga_id
      WHERE queue.epoch = held.epoch
      ORDER BY held.organization_id, held.saga_id
      FOR UPDATE OF queue, ledger`

  const moveLedger = (owned: ReadonlyArray<Transition>) => {
    const rows = owned.map(({ change }) => ledgerRow(change, statuses))
    return sql<{ position: number; status: string; cancel_requested: boolean }>`
      UPDATE ${ledger} AS ledger SET
        status = CASE WHEN next.completes AND ledger.cancel_requested_at IS NOT NULL THEN ${statuses.compensating}
          ELSE coalesce(next.status, ledger.status) END,
        epoch = next.epoch,
        retry_count = next.retry_count,
        unsent_count = next.unsent_count,
        unsent_since = CASE WHEN next.unsent_count > 0 THEN coalesce(ledger.unsent_since, now()) END,
        next_retry_at = now() + next.delay_ms * interval '1 ms',
        undone_steps = coalesce(string_to_array(next.undone, ','), ledger.undone_steps),
        failure = CASE WHEN next.completes AND ledger.cancel_requested_at IS NULL THEN ledger.failure
          ELSE coalesce(next.failure, ledger.failure) END,
        park_reason = next.park_reason,
        updated_at = now()
      FROM ${batch("next", {
        ...keyColumns(owned),
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
          ...keyColumns(waiting.map(({ transition }) => transition)),
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
        ...keyColumns(entries.map(({ transition }) => transition)),
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

  return Effect.fnUntraced(function* (transitions: ReadonlyArray<Transition>) {
    const results = transitions.map((): Recorded => ({ _tag: "Lost" }))
    if (transitions.length === 0) return results
    yield* database.transaction(transitions.map((transition) => transition.organizationId))(
      Effect.gen(function* () {
        const held = yield* lockOwned(transitions)
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
}

const entryAt = (transitions: ReadonlyArray<Transition>, index: number) => {
  const transition = transitions[index]
  return transition === undefined ? [] : [{ index, transition }]
}
