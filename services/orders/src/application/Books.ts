import { Outbox } from "@valerix/messaging"
import { SagaFences } from "@valerix/saga"
import { Effect } from "effect"
import { SalesOrderRepository } from "./ports/SalesOrderRepository.ts"

/** What a command is kept in, inside a transaction. */
export interface Books {
  readonly fences: SagaFences["Service"]
  readonly orders: SalesOrderRepository["Service"]
  readonly outbox: Outbox["Service"]
}

export const makeBooks = Effect.gen(function* () {
  const books: Books = { fences: yield* SagaFences, orders: yield* SalesOrderRepository, outbox: yield* Outbox }
  return books
})
