import type { MemoryDatabase, MemoryTable } from "@valerix/database/memory"
import { Effect } from "effect"
import { fenced } from "../../application/FencedPayment.ts"
import type { LockedPayment, PaymentChange, PaymentRepository } from "../../application/ports/PaymentRepository.ts"
import { OperationKind } from "../../domain/Operation.ts"
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
        for (const change of changes) this.save(change)
      })
  }

  all(): ReadonlyArray<Payment> {
    return this.payments.values()
  }

  private lock(key: PaymentKey): LockedPayment | undefined {
    const payment = this.payments.get(paymentName(key))
    if (payment === undefined) return undefined
    const isUndone = this.undone.isUndone(fenced({ ...payment, epoch: 0 }))
    const captured = this.otherGenerations(key).find((other) => other.operations.CAPTURE !== undefined)
    return { payment, isUndone, capturedGeneration: captured?.generation }
  }

  /** The database's checks are here as well. */
  private save({ after, before }: PaymentChange): void {
    const known = this.payments.get(paymentName(after))
    const isMoved = after.state !== before.state
    if (known === undefined || (isMoved && known.state.status !== before.state.status)) {
      throw new Error("A locked payment was changed by another.")
    }
    const changed = OperationKind.literals.filter((kind) => after.operations[kind] !== before.operations[kind])
    for (const kind of ONCE_PER_ORDER) {
      const isTwice = this.otherGenerations(after).some((other) => other.operations[kind] !== undefined)
      if (changed.includes(kind) && isTwice) throw new Error(`order ${after.orderId} has another ${kind}`)
    }
    if (isMoved && this.isPaidElsewhere(after)) throw new Error(`the authorization of ${after.orderId} pays twice`)
    const operations = Object.fromEntries(changed.map((kind) => [kind, after.operations[kind]]))
    const state = isMoved ? after.state : known.state
    this.payments.set(paymentName(after), { ...known, state, operations: { ...known.operations, ...operations } })
  }

  private otherGenerations({ generation, orderId, organizationId }: PaymentKey): ReadonlyArray<Payment> {
    return this.payments
      .values()
      .filter((other) => other.organizationId === organizationId && other.orderId === orderId)
      .filter((other) => other.generation !== generation)
  }

  private isPaidElsewhere(payment: Payment): boolean {
    const own = authorizationIdOf(payment)
    return this.payments
      .values()
      .filter((other) => other.organizationId === payment.organizationId)
      .some(
        (other) => own !== undefined && authorizationIdOf(other) === own && paymentName(other) !== paymentName(payment)
      )
  }
}

/** Their keys at the provider name the order alone. */
const ONCE_PER_ORDER = ["CAPTURE", "REFUND"] as const

const authorizationIdOf = ({ state }: Payment): string | undefined =>
  "authorization" in state ? state.authorization.authorizationId : undefined
