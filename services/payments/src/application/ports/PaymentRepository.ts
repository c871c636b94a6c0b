import { Context, type Effect } from "effect"
import type { Payment, PaymentKey } from "../../domain/Payment.ts"

/** A payment under lock, with what is known around it. */
export interface LockedPayment {
  readonly payment: Payment
  /** Its undo has come: no forward command is admitted any more. */
  readonly isUndone: boolean
  /** Another generation of the order that has a capture, whatever came of it. */
  readonly capturedGeneration: number | undefined
}

export interface PaymentChange {
  readonly before: Payment
  readonly after: Payment
}

/** The payments of the transaction's organizations. Every method runs in the caller's transaction. */
export class PaymentRepository extends Context.Service<
  PaymentRepository,
  {
    /** Inserts payments, except where one of the same key is there already; gives those that it has inserted. */
    readonly add: (payments: ReadonlyArray<Payment>) => Effect.Effect<ReadonlyArray<Payment>>
    /** Locks payments until the end of the transaction; gives one entry per key, in order, none where there is none. */
    readonly lock: (keys: ReadonlyArray<PaymentKey>) => Effect.Effect<ReadonlyArray<LockedPayment | undefined>>
    /** Writes what was changed of locked payments, and their operations. */
    readonly save: (changes: ReadonlyArray<PaymentChange>) => Effect.Effect<void>
  }
>()("@valerix/payments/application/PaymentRepository") {}
