import type { PgClient } from "@effect/sql-pg"
import { batch, ints, TenantDatabase, uuids } from "@valerix/database"
import { Effect, Layer, Schema } from "effect"
import { type LockedPayment, PaymentRepository } from "../../application/ports/PaymentRepository.ts"
import type { PaymentKey } from "../../domain/Payment.ts"
import { OperationRow, PaymentRow, paymentOf } from "./PaymentRow.ts"
import { insertPayments, savePayments } from "./PaymentWrites.ts"

/** What a locked row says besides the payment. */
const Surroundings = Schema.Struct({ position: Schema.Int, is_undone: Schema.Boolean })
const decodeSurroundings = Schema.decodeUnknownEffect(Surroundings)
const decodePayment = Schema.decodeUnknownEffect(PaymentRow)
const PlacedOperation = Schema.Struct({ ...OperationRow.fields, position: Schema.Int, generation: Schema.Int })
const decodeOperations = Schema.decodeUnknownEffect(Schema.Array(PlacedOperation))

export const layerPaymentRepositoryPostgres = Layer.effect(
  PaymentRepository,
  Effect.map(TenantDatabase, ({ sql }) =>
    PaymentRepository.of({
      add: (payments) => Effect.orDie(insertPayments(sql, payments)),
      lock: (keys) => Effect.orDie(lock(sql, keys)),
      save: (changes) => Effect.orDie(savePayments(sql, changes))
    })
  )
)

/**
 * One statement waits for the locks, in key order; what the others read is younger than the locks. The fence is read as
 * well, so that a worker whose command was undone while it waited for the provider learns of it, and the operations of
 * the order's other generations, because an order is captured once.
 */
const lock = Effect.fnUntraced(function* (sql: PgClient.PgClient, keys: ReadonlyArray<PaymentKey>) {
  if (keys.length === 0) return []
  yield* sql`
    SELECT 1 FROM ${keyRows(keys)} JOIN payments USING (organization_id, order_id, generation)
    ORDER BY organization_id, order_id, generation FOR UPDATE OF payments`
  const rows = yield* sql`
    SELECT key.position, coalesce(fence.undone, false) AS is_undone, payment.*
    FROM ${keyRows(keys)}
    JOIN payments payment USING (organization_id, order_id, generation)
    LEFT JOIN saga_fences fence ON fence.organization_id = key.organization_id AND fence.saga_id = key.order_id
      AND fence.generation = key.generation`
  const operations = Map.groupBy(
    yield* decodeOperations(
      yield* sql`
        SELECT key.position, operation.generation, kind, provider_key, amount_minor, state, attempts, reference, code,
          message, token
        FROM ${keyRows(keys)} JOIN payment_operations operation USING (organization_id, order_id)`
    ),
    ({ position }) => position
  )
  const locked = new Map<number, LockedPayment>()
  for (const row of rows) {
    const { is_undone: isUndone, position } = yield* decodeSurroundings(row)
    const decoded = yield* decodePayment(row)
    const ofOrder = operations.get(position) ?? []
    const isOwn = ({ generation }: typeof PlacedOperation.Type) => generation === decoded.generation
    const capturedGeneration = ofOrder.find((one) => one.kind === "CAPTURE" && !isOwn(one))?.generation
    locked.set(position, { payment: paymentOf(decoded, ofOrder.filter(isOwn)), isUndone, capturedGeneration })
  }
  return keys.map((_, index) => locked.get(index + 1))
})

const keyRows = (keys: ReadonlyArray<PaymentKey>) =>
  batch("key", {
    organization_id: uuids(keys.map((key) => key.organizationId)),
    order_id: uuids(keys.map((key) => key.orderId)),
    generation: ints(keys.map((key) => key.generation))
  })
