import type { TenantDatabase } from "@valerix/database"
import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { cancelledOnRequest, SagaFailureJson } from "@valerix/saga"
import { Effect, Option, Schema } from "effect"
import type { CancelResult } from "../../application/ports/OrderLedger.ts"
import { LedgerStatus } from "../../domain/LedgerStatus.ts"

const decodeRow = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ status: LedgerStatus, failure: Schema.NullOr(SagaFailureJson) }))
)

/**
 * Asks for an order to be cancelled. Under way, the wish is kept and looked at before the next step; a completed order
 * is turned back: it goes into the queue again, with the epoch that it had.
 */
export const requestCancel =
  (database: TenantDatabase["Service"]) =>
  (organizationId: OrganizationId, orderId: OrderId): Effect.Effect<Option.Option<CancelResult>> => {
    const { sql } = database
    const which = sql`organization_id = ${organizationId}::uuid AND order_id = ${orderId}::uuid`
    return database
      .transaction([organizationId])(
        Effect.gen(function* () {
          const [before] = yield* decodeRow(
            yield* sql`SELECT status, failure FROM order_ledger WHERE ${which} FOR UPDATE`
          )
          if (before === undefined) return Option.none<CancelResult>()
          const { status, failure } = before
          if (status === "FAILED" || status === "AUTHORIZATION_FAILED") {
            return Option.some<CancelResult>({ _tag: "Ended", status, failure: failure ?? undefined })
          }
          if (status === "COMPLETED") {
            yield* sql`
              UPDATE order_ledger SET status = 'COMPENSATING', cancel_requested_at = now(), step_since = now(),
                updated_at = now(), failure = ${sql.json(cancelledOnRequest("completed"))}
              WHERE ${which}`
            yield* sql`
              INSERT INTO saga_queue (organization_id, order_id, epoch, saga_version)
              SELECT organization_id, order_id, epoch, saga_version FROM order_ledger WHERE ${which}`
          } else {
            yield* sql`
              UPDATE order_ledger SET cancel_requested_at = now(), updated_at = now()
              WHERE ${which} AND cancel_requested_at IS NULL`
          }
          return Option.some<CancelResult>({ _tag: "Requested" })
        })
      )
      .pipe(Effect.orDie)
  }
