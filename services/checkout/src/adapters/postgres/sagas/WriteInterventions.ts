import type { PgClient } from "@effect/sql-pg"
import { batch, booleans, ints, jsons, texts, uuids } from "@valerix/database"
import { Effect } from "effect"
import type { Execution } from "../../../domain/Execution.ts"
import type { Intervened } from "../../../domain/Intervention.ts"
import { type OrderKey, orderKeys } from "../OrderKeys.ts"

export interface WrittenIntervention {
  readonly execution: Execution
  readonly change: Intervened
}

/**
 * Locks executions as every writer of sagas does: one after the other in key order, and of each the queue's row before
 * the ledger's. What they are is read by the statement that follows, which sees what was committed meanwhile.
 */
export const lockSagas = (sql: PgClient.PgClient, orders: ReadonlyArray<OrderKey>) => sql`
  SELECT FROM ${orderKeys("wanted", orders)}
  JOIN saga_queue AS queue ON queue.organization_id = wanted.organization_id AND queue.order_id = wanted.order_id
  JOIN order_ledger AS ledger ON ledger.organization_id = wanted.organization_id AND ledger.order_id = wanted.order_id
  ORDER BY wanted.organization_id, wanted.order_id
  FOR UPDATE OF queue, ledger`

/**
 * Writes interventions in executions that this transaction has locked. Each gets the next epoch in the queue, where a
 * worker's writes are held against it, and in the ledger.
 */
export const writeInterventions = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  written: ReadonlyArray<WrittenIntervention>
) {
  if (written.length === 0) return
  const keys = {
    organization_id: uuids(written.map(({ execution }) => execution.organizationId)),
    order_id: uuids(written.map(({ execution }) => execution.orderId)),
    epoch: ints(written.map(({ execution }) => execution.epoch + 1))
  }
  yield* sql`
    UPDATE saga_queue AS queue SET epoch = next.epoch,
      visible_at = CASE WHEN next.is_parked THEN 'infinity'::timestamptz ELSE now() END
    FROM ${batch("next", { ...keys, is_parked: booleans(written.map(({ change }) => change.isParked)) })}
    WHERE queue.organization_id = next.organization_id AND queue.order_id = next.order_id`
  yield* sql`
    UPDATE order_ledger AS ledger SET
      epoch = next.epoch,
      status = CASE WHEN next.failure IS NULL THEN ledger.status ELSE 'COMPENSATING' END,
      failure = coalesce(next.failure, ledger.failure),
      park_reason = next.park_reason,
      retry_count = CASE WHEN next.forgets THEN 0 ELSE ledger.retry_count END,
      unsent_count = CASE WHEN next.forgets THEN 0 ELSE ledger.unsent_count END,
      unsent_since = CASE WHEN next.forgets THEN NULL ELSE ledger.unsent_since END,
      next_retry_at = CASE WHEN next.forgets THEN NULL ELSE least(ledger.next_retry_at, now()) END,
      updated_at = now()
    FROM ${batch("next", {
      ...keys,
      failure: jsons(written.map(({ change }) => change.failure ?? null)),
      park_reason: texts(written.map(({ change }) => (change.isParked ? change.reason : null))),
      forgets: booleans(written.map(({ change }) => change.forgetsAttempts))
    })}
    WHERE ledger.organization_id = next.organization_id AND ledger.order_id = next.order_id`
  yield* noteInterventions(
    sql,
    written.map(({ change, execution }) => ({ ...change, ...execution, epoch: execution.epoch + 1 }))
  )
})

/** An intervention as the timeline keeps it. */
export interface NotedIntervention extends OrderKey, Pick<Intervened, "outcome" | "principal" | "reason" | "step"> {
  readonly epoch: number
}

export const noteInterventions = (sql: PgClient.PgClient, noted: ReadonlyArray<NotedIntervention>) => sql`
  INSERT INTO order_timeline (organization_id, order_id, step, attempt, outcome, detail, duration_ms, epoch, principal)
  SELECT organization_id, order_id, step, 0, outcome, reason, 0, epoch, principal
  FROM ${batch("entry", {
    organization_id: uuids(noted.map((one) => one.organizationId)),
    order_id: uuids(noted.map((one) => one.orderId)),
    step: texts(noted.map((one) => one.step)),
    outcome: texts(noted.map((one) => one.outcome)),
    reason: texts(noted.map((one) => one.reason)),
    epoch: ints(noted.map((one) => one.epoch)),
    principal: texts(noted.map((one) => one.principal))
  })}
  ORDER BY position`
