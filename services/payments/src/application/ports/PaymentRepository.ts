import type { DomainEvent } from "@valerix/messaging"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { Payment, PaymentKey } from "../../domain/Payment.ts"

/** A command as the fence sees it. */
export interface FencedPayment extends PaymentKey {
  readonly epoch: number
}

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

/** What can be done with payments inside one transaction. */
export interface PaymentsInTransaction {
  /** Takes the fences of forward commands; tells per command whether it may go on. */
  readonly admit: (commands: ReadonlyArray<FencedPayment>) => Effect.Effect<ReadonlyArray<boolean>>
  /** Takes the fences of undos, and leaves their tombstones; tells per command whether it may go on. */
  readonly undo: (commands: ReadonlyArray<FencedPayment>) => Effect.Effect<ReadonlyArray<boolean>>
  /** Inserts payments, except where one of the same key is there already; gives those that it has inserted. */
  readonly add: (payments: ReadonlyArray<Payment>) => Effect.Effect<ReadonlyArray<Payment>>
  /** Locks payments until the end of the transaction; gives one entry per key, in order, none where there is none. */
  readonly lock: (keys: ReadonlyArray<PaymentKey>) => Effect.Effect<ReadonlyArray<LockedPayment | undefined>>
  /** Writes what was changed of locked payments, and their operations. */
  readonly save: (changes: ReadonlyArray<PaymentChange>) => Effect.Effect<void>
  readonly append: (events: ReadonlyArray<DomainEvent>) => Effect.Effect<void>
}

export class PaymentRepository extends Context.Service<
  PaymentRepository,
  {
    /** Runs a body in one transaction, which sees the payments of these organizations. */
    readonly transaction: <A, E, R>(
      organizations: Iterable<OrganizationId>,
      body: (payments: PaymentsInTransaction) => Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E, R>
  }
>()("@valerix/payments/application/PaymentRepository") {}
