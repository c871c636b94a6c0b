import { OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"

/** Lets time pass for checkout's tables: the database's clock cannot be moved, so every time in them is moved back. */
export const passTime = (ms: number): Effect.Effect<void, never, OwnerDatabase> =>
  Effect.flatMap(
    OwnerDatabase,
    ({ sql }) => sql`
      WITH passed AS (SELECT ${ms} * interval '1 ms' AS time), entries AS (
        UPDATE order_ledger SET created_at = created_at - time, updated_at = updated_at - time,
          expires_at = expires_at - time, unsent_since = unsent_since - time, next_retry_at = next_retry_at - time,
          cancel_requested_at = cancel_requested_at - time
        FROM passed
      ), timeline AS (
        UPDATE order_timeline SET recorded_at = recorded_at - time FROM passed
      ), leases AS (
        UPDATE edge_leases SET leased_until = leased_until - time FROM passed
      )
      UPDATE saga_queue SET visible_at = visible_at - time FROM passed`
  ).pipe(Effect.asVoid, Effect.orDie)
