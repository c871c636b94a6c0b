import type { DomainEvent } from "@valerix/messaging"
import type { OrderId } from "@valerix/money-and-ids"
import { cancelled, done, type Outcome, runVectorInParts } from "@valerix/saga"
import { TenantTransactions } from "@valerix/tenancy"
import { Effect, Result } from "effect"
import type { OrderCommand } from "../contract/OrdersCommands.ts"
import { moveTo, type OrderStatus } from "../domain/OrderStatus.ts"
import { type Books, makeBooks } from "./Books.ts"
import { fenced } from "./Fenced.ts"
import { byOrder, orderKeyOf } from "./OrderKey.ts"
import type { LockedOrder } from "./ports/SalesOrderRepository.ts"
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
  const books = yield* makeBooks

  return (move: Move) => {
    const movePart = (commands: ReadonlyArray<OrderCommand>) =>
      transactions.run(commands.map(({ organizationId }) => organizationId))(moveAll(books, move, commands))
    return (commands: ReadonlyArray<OrderCommand>) => runVectorInParts(commands, byOrder, movePart)
  }
})

const moveAll = Effect.fnUntraced(function* (
  { fences, orders, outbox }: Books,
  move: Move,
  commands: ReadonlyArray<OrderCommand>
) {
  const isAdmitted = yield* fences[move.pass](commands.map(fenced))
  const locked = new Map((yield* orders.lock(commands)).map((order) => [orderKeyOf(order), order]))
  const moved: Array<LockedOrder> = []
  const outcomes = commands.map((command, index): Outcome => {
    const order = locked.get(orderKeyOf(command))
    // A cancelled order stays cancelled, so it can say so to whoever asks, behind its fence or not.
    if (isAdmitted[index] !== true && order?.status !== "CANCELLED") return cancelled
    if (order === undefined) return move.whenNotThere(command.orderId)
    const decision = decide(move, order)
    if (decision !== "moved") return decision
    moved.push({ ...order, correlationId: order.correlationId ?? command.correlationId })
    return done
  })
  yield* orders.moveTo(moved, move.to)
  yield* outbox.append(moved.map(move.event))
  return outcomes
})

const decide = (move: Move, order: LockedOrder): Outcome | "moved" => {
  const transition = moveTo(order.status, move.to)
  if (Result.isFailure(transition)) return refusal(transition.failure)
  return transition.success === "moved" ? "moved" : done
}
