import { type DomainEvent, Outbox } from "@valerix/messaging"
import type { OrderId } from "@valerix/money-and-ids"
import { cancelled, done, type Outcome, runVectorInParts, SagaFences } from "@valerix/saga"
import { TenantTransactions } from "@valerix/tenancy"
import { Effect, Result } from "effect"
import type { OrderCommand } from "../contract/OrdersCommands.ts"
import { moveTo, type OrderStatus } from "../domain/OrderStatus.ts"
import { fenced } from "./Fenced.ts"
import { byOrder, orderKeyOf } from "./OrderKey.ts"
import { type LockedOrder, SalesOrderRepository } from "./ports/SalesOrderRepository.ts"
import { refusal } from "./Refusals.ts"

export interface Move {
  readonly to: Exclude<OrderStatus, "PENDING">
  /** How the command passes the order's fence: as a forward command or as an undo. */
  readonly pass: "admit" | "undo"
  readonly event: (order: LockedOrder) => DomainEvent
  readonly whenNotThere: (orderId: OrderId) => Outcome
}

/**
 * Moves a vector of sales orders to a status, in four statements for one order or a thousand: fences, orders read under
 * lock, their new status, events. An order that has the status already is Done.
 */
export const makeMoveSalesOrders = Effect.gen(function* () {
  const transactions = yield* TenantTransactions
  const fences = yield* SagaFences
  const outbox = yield* Outbox
  const repository = yield* SalesOrderRepository

  const decide = (move: Move, order: LockedOrder): Outcome | "moved" => {
    const transition = moveTo(order.status, move.to)
    if (Result.isFailure(transition)) return refusal(transition.failure)
    return transition.success === "moved" ? "moved" : done
  }

  const moveAll = (move: Move) => (commands: ReadonlyArray<OrderCommand>) =>
    transactions.run(commands.map(({ organizationId }) => organizationId))(
      Effect.gen(function* () {
        const isAdmitted = yield* fences[move.pass](commands.map(fenced))
        const orders = new Map((yield* repository.lock(commands)).map((order) => [orderKeyOf(order), order]))
        const moved: Array<LockedOrder> = []
        const outcomes = commands.map((command, index): Outcome => {
          const order = orders.get(orderKeyOf(command))
          // A cancelled order stays cancelled, so it can say so to whoever asks, behind its fence or not.
          if (isAdmitted[index] !== true && order?.status !== "CANCELLED") return cancelled
          if (order === undefined) return move.whenNotThere(command.orderId)
          const decision = decide(move, order)
          if (decision !== "moved") return decision
          moved.push({ ...order, correlationId: order.correlationId ?? command.correlationId })
          return done
        })
        yield* repository.moveTo(moved, move.to)
        yield* outbox.append(moved.map(move.event))
        return outcomes
      })
    )

  return (move: Move) => (commands: ReadonlyArray<OrderCommand>) => runVectorInParts(commands, byOrder, moveAll(move))
})
