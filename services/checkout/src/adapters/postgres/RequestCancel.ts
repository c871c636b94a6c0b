import type { TenantDatabase } from "@valerix/database"
import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { cancelledOnRequest, SagaFailureJson } from "@valerix/saga"
import { Effect, Option, Schema } from "effect"
import type { CancelResult } from "../../application/ports/OrderLedger.ts"
import { LedgerStatus } from "../../domain/LedgerStatus.ts"
import { lineCount } from "./LedgerLines.ts"

const decodeRow = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({ status: LedgerStatus, abandoned: Schema.Boolean, failure: Schema.NullOr(SagaFailureJson) })
  )
)

/**
 * Asks for an order to be cancelled. Under way, the wish is kept and looked at before the next step, of a parked order at
 * once. A completed order is turned back: it goes into the queue again, with the epoch that it had. An order that nobody
 * was answered for ends here: its key will not be authorized again.
 */
export const requestCancel =
  (database: TenantDatabase["Service"], sagaVersion: number) =>
  (organizationId: OrganizationId, orderId: OrderId): Effect.Effect<Option.Option<CancelResult>> => {
    const { sql } = database
    const which = sql`organization_id = ${organizationId}::uuid AND order_id = ${orderId}::uuid`

    /** The queue's row before the ledger's, as every writer of sagas locks them. */
    const lock = Effect.andThen(
      sql`SELECT FROM saga_queue WHERE ${which} FOR UPDATE`,
      Effect.flatMap(sql`SELECT status, abandoned, failure FROM order_ledger WHERE ${which} FOR UPDATE`, decodeRow)
    )

    const turnBack = Effect.andThen(
      sql`
        UPDATE order_ledger SET status = 'COMPENSATING', cancel_requested_at = now(),
          updated_at = now(), saga_version = ${sagaVersion}::smallint,
          failure = ${sql.json(cancelledOnRequest("completed"))}
        WHERE ${which}`,
      sql`
        INSERT INTO saga_queue (organization_id, order_id, epoch, saga_version, weight)
        SELECT organization_id, order_id, epoch, saga_version, ${lineCount(sql)} FROM order_ledger AS ledger WHERE ${which}`
    )

    const endUnanswered = sql`
      UPDATE order_ledger SET status = 'AUTHORIZATION_FAILED', updated_at = now(),
        cancel_requested_at = coalesce(cancel_requested_at, now()), failure = ${sql.json(cancelledOnRequest("authorize"))}
      WHERE ${which}`

    const keepWish = sql`
      UPDATE order_ledger SET cancel_requested_at = now(), updated_at = now()
      WHERE ${which} AND cancel_requested_at IS NULL`

    /** A parked saga is looked at again, however often it was asked for. */
    const goOn = Effect.andThen(
      sql`UPDATE order_ledger SET park_reason = NULL, updated_at = now() WHERE ${which} AND park_reason IS NOT NULL`,
      sql`UPDATE saga_queue SET visible_at = now() WHERE ${which} AND visible_at = 'infinity'`
    )

    return database
      .transaction([organizationId])(
        Effect.gen(function* () {
          const [before] = yield* lock
          if (before === undefined) return Option.none<CancelResult>()
          const { abandoned, failure, status } = before
          if (status === "FAILED" || status === "AUTHORIZATION_FAILED") {
            return Option.some<CancelResult>({ _tag: "Ended", status, failure: failure ?? undefined })
          }
          if (status === "AWAITING_AUTHORIZATION" && abandoned) {
            yield* endUnanswered
            const ended = { status: "AUTHORIZATION_FAILED", failure: cancelledOnRequest("authorize") } as const
            return Option.some<CancelResult>({ _tag: "Ended", ...ended })
          }
          if (status === "COMPLETED") yield* turnBack
          else yield* keepWish
          if (status !== "COMPLETED" && status !== "COMPENSATING") yield* goOn
          return Option.some<CancelResult>({ _tag: "Requested" })
        })
      )
      .pipe(Effect.orDie)
  }
