import { databaseRejectedDataIn, TenantDatabase } from "@valerix/database"
import { type Cause, Effect } from "effect"
import type { Statement } from "effect/sql"
import { claimDue } from "./ClaimDue.ts"
import { inHalves } from "./InHalves.ts"
import { parkedInstead } from "./LedgerRow.ts"
import { leaseRows } from "./QueueLeases.ts"
import { type ReadSaga, readClaimed } from "./ReadClaimed.ts"
import type { SagaStatuses } from "./SagaDefinition.ts"
import type { Lease, Recorded, SagaKey, SagaStore, Transition } from "./SagaStore.ts"
import type { SagaTables } from "./SagaTables.ts"
import { writeTransitions } from "./WriteTransitions.ts"

/**
 * Keeps sagas in PostgreSQL: `queue` holds one row per unfinished saga, its lease: when it may be claimed and with which
 * epoch it was. `ledger` holds how far it has come. Every write locks the queue row first and keeps only the rows whose
 * epoch is the writer's, so a worker whose lease was taken over changes nothing. The queue holds ids, times and weights
 * only and is read across organizations; ledger, timeline and outbox are reached with the organizations of the batch.
 */
export const makeSagaStorePostgres = (tables: SagaTables, statuses: SagaStatuses) =>
  Effect.gen(function* () {
    const database = yield* TenantDatabase
    const { sql } = database
    const queue = sql(tables.queue)
    const id = sql(tables.id)
    const takeTurn = claimDue(database, tables)
    const read = readClaimed(database, tables)
    const write = writeTransitions(database, tables, statuses)

    const claim: SagaStore["claim"] = Effect.fnUntraced(function* (options) {
      const leases = yield* takeTurn(options)
      if (leases.length === 0) return []
      const found = yield* read(leases)
      const missing = found.flatMap((one) => (one._tag === "Missing" ? [one.lease] : []))
      if (missing.length > 0) yield* setAside(missing, "A saga is queued, and the ledger does not know it")
      const unreadable = found.flatMap((one) => (one._tag === "Unreadable" ? [one] : []))
      if (unreadable.length > 0) yield* parkUnreadable(unreadable)
      return found.flatMap((one) => (one._tag === "Read" ? [one.saga] : []))
    })

    const parkUnreadable = Effect.fnUntraced(function* (sagas: ReadonlyArray<ReadSaga & { _tag: "Unreadable" }>) {
      yield* Effect.forEach(
        sagas,
        ({ lease, reason }) => Effect.logError("A saga was parked", { ...named(lease), reason }),
        { discard: true }
      )
      yield* record(
        sagas.map(({ lease, reason, status }) => ({
          ...lease,
          expectedStatus: status,
          attempts: [],
          change: { _tag: "Park", reason }
        }))
      )
    })

    const renew: SagaStore["renew"] = Effect.fnUntraced(function* (leases, leaseMs) {
      const positions = new Set(yield* moveLeases(leases, sql`now() + ${leaseMs} * interval '1 ms'`))
      return leases.map((_, index) => positions.has(index + 1))
    })

    /** Changes when leases that still hold end, and gives their positions. */
    const moveLeases = (leases: ReadonlyArray<Lease>, visibleAt: Statement.Fragment) =>
      database
        .withoutTenant(
          Effect.andThen(
            sql`
              SELECT FROM ${leaseRows(leases)}
              JOIN ${queue} AS queue ON queue.organization_id = held.organization_id AND queue.${id} = held.saga_id
              WHERE queue.epoch = held.epoch
              ORDER BY held.organization_id, held.saga_id
              FOR UPDATE OF queue`,
            sql<{ position: number }>`
              UPDATE ${queue} AS queue SET visible_at = ${visibleAt}
              FROM ${leaseRows(leases)}
              WHERE queue.organization_id = held.organization_id AND queue.${id} = held.saga_id AND queue.epoch = held.epoch
              RETURNING held.position`
          )
        )
        .pipe(Effect.map((rows) => rows.map((row) => row.position)))

    /** Parks sagas of which nothing can be written into the ledger: nobody claims them until someone has looked. */
    const setAside = (leases: ReadonlyArray<Lease>, why: string) =>
      Effect.andThen(
        Effect.forEach(leases, (lease) => Effect.logError(why, named(lease)), { discard: true }),
        moveLeases(leases, sql`'infinity'::timestamptz`)
      )

    const record: SagaStore["record"] = (transitions) =>
      inHalves(transitions, { work: write, isOfData, alone: recordAlone })

    /** It is parked instead, in the queue alone if the ledger refuses even that. */
    const recordAlone = (transition: Transition, cause: Cause.Cause<never>) =>
      Effect.logError("What came of a saga cannot be written", named(transition), cause).pipe(
        Effect.andThen(write([parkedInstead(transition)])),
        Effect.map(([result]): Recorded => result ?? { _tag: "Lost" }),
        Effect.catchCause((cause) =>
          isOfData(cause)
            ? Effect.as(setAside([transition], "The ledger refuses to park a saga"), { _tag: "Lost" } as const)
            : Effect.failCause(cause)
        )
      )

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

const isOfData = (cause: Cause.Cause<never>) => databaseRejectedDataIn(cause) !== undefined

const named = ({ organizationId, sagaId }: SagaKey) => ({ saga_id: sagaId, organization_id: organizationId })
