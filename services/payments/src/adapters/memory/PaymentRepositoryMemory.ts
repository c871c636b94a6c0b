import type { MemoryDatabase, MemoryTable } from "@valerix/database/memory"
import { Effect } from "effect"
import { fenced } from "../../application/FencedPayment.ts"
import type { LockedPayment, PaymentRepository } from "../../application/ports/PaymentRepository.ts"
import { type Payment, type PaymentKey, paymentName } from "../../domain/Payment.ts"

/** Knows which sagas were undone; see SagaFencesMemory. */
export interface Undone {
  readonly isUndone: (command: ReturnType<typeof fenced>) => boolean
}

/** Payments in a memory database. */
export class PaymentRepositoryMemory {
  private readonly payments: MemoryTable<Payment>
  private readonly undone: Undone

  constructor(database: MemoryDatabase, undone: Undone) {
    this.payments = database.table()
    this.undone = undone
  }

  readonly repository: PaymentRepository["Service"] = {
    add: (payments) =>
      Effect.sync(() =>
        payments.filter((payment) => {
          if (this.payments.has(paymentName(payment))) return false
          this.payments.set(paymentName(payment), payment)
          return true
        })
      ),
    lock: (keys) => Effect.sync(() => keys.map((key) => this.lock(key))),
    save: (changes) =>
      Effect.sync(() => {
        for (const { after } of changes) this.payments.set(paymentName(after), after)
      })
  }

  all(): ReadonlyArray<Payment> {
    return this.payments.values()
  }

  private lock(key: PaymentKey): LockedPayment | undefined {
    const payment = this.payments.get(paymentName(key))
    if (payment === undefined) return undefined
    const isUndone = this.undone.isUndone(fenced({ ...payment, epoch: 0 }))
    const captured = this.payments
      .values()
      .find((other) => isOfSameOrder(other, key) && other.operations.CAPTURE !== undefined)
    return { payment, isUndone, capturedGeneration: captured?.generation }
  }
}

/** Another generation of the same order. */
const isOfSameOrder = (other: Payment, key: PaymentKey): boolean =>
  other.organizationId === key.organizationId && other.orderId === key.orderId && other.generation !== key.generation
