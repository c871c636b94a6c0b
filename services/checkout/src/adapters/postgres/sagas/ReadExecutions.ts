import type { PgClient } from "@effect/sql-pg"
import { rowsOf } from "@valerix/database"
import { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { SagaFailureJson } from "@valerix/saga"
import { Effect, Option, Schema } from "effect"
import type { Statement } from "effect/sql"
import { type Execution, stateOf } from "../../../domain/Execution.ts"
import { LedgerStatus } from "../../../domain/LedgerStatus.ts"
import { type OrderKey, orderKeys } from "../OrderKeys.ts"

const ExecutionRow = Schema.Struct({
  organization_id: OrganizationId,
  order_id: OrderId,
  status: LedgerStatus,
  epoch: Schema.Int,
  saga_version: Schema.Int,
  retry_count: Schema.Int,
  unsent_count: Schema.Int,
  undone_steps: Schema.Array(Schema.String),
  is_queued: Schema.Boolean,
  is_parked: Schema.Boolean,
  is_ahead: Schema.Boolean,
  is_retry_ahead: Schema.Boolean,
  visible_at: Schema.NullOr(Schema.Date),
  next_retry_at: Schema.NullOr(Schema.Date),
  cancel_requested: Schema.Boolean,
  // Damaged ones are to be seen as well, and repaired by hand.
  failure: Schema.Unknown,
  park_reason: Schema.NullOr(Schema.String),
  problem_step: Schema.NullOr(Schema.String),
  problem_outcome: Schema.NullOr(Schema.String),
  problem_detail: Schema.NullOr(Schema.String),
  problem_at: Schema.NullOr(Schema.Date),
  created_at: Schema.Date,
  updated_at: Schema.Date,
  age_ms: Schema.Number,
  stood_still_ms: Schema.Number
})
const rows = rowsOf(ExecutionRow)
const failureOf = Schema.decodeUnknownOption(SagaFailureJson)

/** Runs a statement that selects `executionColumns`. */
export const executionsOf = <R>(statement: Parameters<typeof rows<R>>[0]) =>
  Effect.map(rows(statement), (found) => found.map(executionOf))

/** A time that JavaScript knows: of infinite ones the nearest that makes sense. */
const finite = (sql: PgClient.PgClient, time: Statement.Fragment) =>
  sql`CASE WHEN isfinite(${time}) THEN ${time} WHEN ${time} < now() THEN 'epoch' ELSE now() END`

/**
 * What is read of an execution, from `queue`, `ledger` and `problem`: also of one whose row is damaged, because nobody else
 * would show it, nor its neighbours.
 */
export const executionColumns = (sql: PgClient.PgClient) => sql`
  ledger.organization_id, ledger.order_id, ledger.status, coalesce(queue.epoch, ledger.epoch) AS epoch,
  ledger.saga_version, ledger.retry_count, ledger.unsent_count, array_remove(ledger.undone_steps, NULL) AS undone_steps,
  queue.order_id IS NOT NULL AS is_queued,
  coalesce(queue.visible_at = 'infinity', false) AS is_parked,
  coalesce(queue.visible_at > now(), false) AS is_ahead,
  coalesce(ledger.next_retry_at > now(), false) AS is_retry_ahead,
  CASE WHEN isfinite(queue.visible_at) THEN queue.visible_at END AS visible_at,
  CASE WHEN isfinite(ledger.next_retry_at) THEN ledger.next_retry_at END AS next_retry_at,
  ledger.cancel_requested_at IS NOT NULL AS cancel_requested, ledger.failure, ledger.park_reason,
  problem.step AS problem_step, problem.outcome AS problem_outcome, problem.detail AS problem_detail,
  problem.recorded_at AS problem_at,
  ${finite(sql, sql`ledger.created_at`)} AS created_at, ${finite(sql, sql`ledger.updated_at`)} AS updated_at,
  extract(epoch FROM now() - ${finite(sql, sql`ledger.created_at`)})::float8 * 1000 AS age_ms,
  extract(epoch FROM now() - ${finite(sql, sql`ledger.updated_at`)})::float8 * 1000 AS stood_still_ms`

/** The latest problem of the latest run, beside a row of `ledger`: what succeeded in an earlier or later run is none. */
export const latestProblem = (sql: PgClient.PgClient) => sql`
  LEFT JOIN LATERAL (
    SELECT step, outcome, detail, recorded_at FROM order_timeline AS attempt
    WHERE attempt.organization_id = ledger.organization_id AND attempt.order_id = ledger.order_id
      AND attempt.outcome IN ('REJECTED', 'UNAVAILABLE', 'NOT_SENT', 'CANCELLED')
      AND attempt.epoch = (
        SELECT latest.epoch FROM order_timeline AS latest
        WHERE latest.organization_id = ledger.organization_id AND latest.order_id = ledger.order_id
          AND latest.principal IS NULL
        ORDER BY latest.entry DESC LIMIT 1)
    ORDER BY attempt.entry DESC LIMIT 1
  ) AS problem ON true`

/** The ledger's row of an order, found by its key whatever the planner thinks of the table. */
export const ledgerOf = (sql: PgClient.PgClient, key: Statement.Identifier) => sql`
  CROSS JOIN LATERAL (
    SELECT * FROM order_ledger
    WHERE order_ledger.organization_id = ${key}.organization_id AND order_ledger.order_id = ${key}.order_id OFFSET 0
  ) AS ledger`

/**
 * Reads executions by their keys, inside a transaction that names their organizations; those for which something is true of
 * `queue` and `ledger`.
 */
export const readExecutions = (
  sql: PgClient.PgClient,
  orders: ReadonlyArray<OrderKey>,
  which: Statement.Fragment = sql`true`
) =>
  executionsOf(sql`
    SELECT ${executionColumns(sql)}
    FROM ${orderKeys("wanted", orders)}
    ${ledgerOf(sql, sql("wanted"))}
    LEFT JOIN saga_queue AS queue
      ON queue.organization_id = ledger.organization_id AND queue.order_id = ledger.order_id
    ${latestProblem(sql)}
    WHERE ${which}
    ORDER BY wanted.position`)

const executionOf = (row: typeof ExecutionRow.Type): Execution => {
  const turn = { isParked: row.is_parked, isAhead: row.is_ahead, isRetryAhead: row.is_retry_ahead }
  const state = stateOf(row.status, row.is_queued ? turn : undefined)
  const { problem_at, problem_detail, problem_outcome, problem_step } = row
  return {
    organizationId: row.organization_id,
    orderId: row.order_id,
    status: row.status,
    state,
    epoch: row.epoch,
    sagaVersion: row.saga_version,
    attempts: row.retry_count,
    unsent: row.unsent_count,
    undone: row.undone_steps,
    nextRetryAt: state === "WAITING" ? (row.next_retry_at ?? undefined) : undefined,
    leasedUntil: state === "EXECUTING" ? (row.visible_at ?? undefined) : undefined,
    cancelRequested: row.cancel_requested,
    failure: Option.getOrUndefined(failureOf(row.failure)),
    parkReason: row.park_reason ?? undefined,
    problem:
      problem_step === null || problem_outcome === null || problem_at === null
        ? undefined
        : {
            step: problem_step,
            outcome: problem_outcome,
            detail: problem_detail ?? undefined,
            recordedAt: problem_at
          },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ageMs: row.age_ms,
    stoodStillMs: row.stood_still_ms
  }
}
