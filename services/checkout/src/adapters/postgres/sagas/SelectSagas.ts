import type { PgClient } from "@effect/sql-pg"
import { firstRowOf, type TenantDatabase, texts } from "@valerix/database"
import { OrderId, type OrganizationId } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { Statement } from "effect/sql"
import type { SagaFilter, SagaPage, SagaSelection } from "../../../application/ports/SagaOperations.ts"
import { placeOf } from "../../../domain/Execution.ts"
import type { SagaAction } from "../../../domain/Intervention.ts"
import { executionColumns, executionsOf, latestProblem, ledgerOf } from "./ReadExecutions.ts"

/** How many executions one selection looks at: a filter that few fit must not read a backlog of millions in one go. */
const LOOKED_AT_MAX = 10_000

const lastOf = firstRowOf(Schema.Struct({ order_id: OrderId }))
const NO_ID = "00000000-0000-0000-0000-000000000000"

/**
 * Selects unfinished executions by walking the queue in the order of its key, so that it takes no index on anything that
 * changes, and never looks at what has ended.
 */
export const selectSagas =
  (database: TenantDatabase["Service"]) =>
  (organizationId: OrganizationId, { action, after, filter, limit }: SagaSelection): Effect.Effect<SagaPage> => {
    const { sql } = database
    const from = sql`queue.organization_id = ${organizationId}::uuid AND queue.order_id > ${after ?? NO_ID}::uuid`
    return database.transaction([organizationId])(
      Effect.gen(function* () {
        const horizon = yield* lastOf(sql`
          SELECT order_id FROM saga_queue AS queue WHERE ${from}
          ORDER BY queue.order_id OFFSET ${LOOKED_AT_MAX - 1}::int LIMIT 1`)
        const within = horizon === undefined ? [] : [sql`queue.order_id <= ${horizon.order_id}::uuid`]
        const found = yield* executionsOf(sql`
          SELECT ${executionColumns(sql)}
          FROM saga_queue AS queue
          ${ledgerOf(sql, sql("queue"))}
          ${latestProblem(sql)}
          WHERE ${sql.and([from, ...within, ...conditions(sql, filter), ...(action === undefined ? [] : [appliesTo(sql, action)])])}
          ORDER BY queue.order_id LIMIT ${limit + 1}::int`)
        const executions = found.slice(0, limit)
        return { executions, next: found.length > limit ? executions.at(-1)?.orderId : horizon?.order_id }
      })
    )
  }

const conditions = (sql: PgClient.PgClient, filter: SagaFilter): ReadonlyArray<Statement.Fragment> => {
  const { isParked, minAgeMs, minStoodStillMs, status, step, text } = filter
  const all: Array<Statement.Fragment> = []
  if (status !== undefined) all.push(sql`ledger.status = ${status}`)
  if (step !== undefined) {
    const place = placeOf(step)
    all.push(sql`ledger.status = ${place.status} AND ledger.undone_steps @> ${texts(place.done).values}::text[]
      AND NOT ledger.undone_steps @> ${texts([step]).values}::text[]`)
  }
  if (isParked !== undefined) all.push(sql`(queue.visible_at = 'infinity') = ${isParked}::boolean`)
  if (minAgeMs !== undefined) all.push(sql`ledger.created_at <= now() - ${minAgeMs} * interval '1 ms'`)
  if (minStoodStillMs !== undefined) all.push(sql`ledger.updated_at <= now() - ${minStoodStillMs} * interval '1 ms'`)
  if (text !== undefined) {
    all.push(sql`position(lower(${text}::text) IN lower(concat_ws(' ',
      ledger.park_reason, ledger.failure ->> 'code', ledger.failure ->> 'message', problem.detail))) > 0`)
  }
  return all
}

/** As `refusalOf` says it of one. */
const appliesTo = (sql: PgClient.PgClient, action: SagaAction): Statement.Fragment => {
  switch (action) {
    case "retry":
      return sql`queue.visible_at > now() AND queue.visible_at < 'infinity' AND ledger.next_retry_at > now()`
    case "compensate":
      return sql`ledger.status <> 'COMPENSATING'`
    case "park":
      return sql`queue.visible_at < 'infinity'`
    case "resume":
      return sql`queue.visible_at = 'infinity'`
  }
}
