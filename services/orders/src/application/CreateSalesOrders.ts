import { cancelled, done, runVectorInParts } from "@valerix/saga"
import { TenantTransactions } from "@valerix/tenancy"
import { Effect, Result } from "effect"
import type { CreateSalesOrder } from "../contract/OrdersCommands.ts"
import { checkNewOrder } from "../domain/NewOrder.ts"
import { type Books, makeBooks } from "./Books.ts"
import { fenced } from "./Fenced.ts"
import { byOrder } from "./OrderKey.ts"
import { refusal } from "./Refusals.ts"
import { orderCreated } from "./SalesOrderEvents.ts"

/**
 * Creates a vector of sales orders, in four statements for one order or a thousand: fences, orders, lines, events. An
 * order that was created before is Done and stays as it is. See OrdersCommands.create.
 */
export const makeCreateSalesOrders = Effect.gen(function* () {
  const transactions = yield* TenantTransactions
  const books = yield* makeBooks

  const createPart = (commands: ReadonlyArray<CreateSalesOrder>) =>
    transactions.run(commands.map(({ organizationId }) => organizationId))(create(books, commands))

  return Effect.fn("CreateSalesOrders")((commands: ReadonlyArray<CreateSalesOrder>) =>
    runVectorInParts(commands, byOrder, createPart)
  )
})

const create = Effect.fnUntraced(function* (
  { fences, orders, outbox }: Books,
  commands: ReadonlyArray<CreateSalesOrder>
) {
  const refusals = new Map(commands.flatMap(refusedAtOnce))
  const sound = commands.filter((command) => !refusals.has(command))
  const isAdmitted = yield* fences.admit(sound.map(fenced))
  const admitted = new Set(sound.filter((_, index) => isAdmitted[index] === true))
  const inserted = yield* orders.insert([...admitted])
  yield* outbox.append(inserted.map(orderCreated))
  return commands.map((command) => refusals.get(command) ?? (admitted.has(command) ? done : cancelled))
})

/** What is wrong with an order's own numbers is known before the database is asked. */
const refusedAtOnce = (command: CreateSalesOrder) => {
  const checked = checkNewOrder(command)
  return Result.isFailure(checked) ? [[command, refusal(checked.failure)] as const] : []
}
