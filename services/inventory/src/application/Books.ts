import { Outbox } from "@valerix/messaging"
import { SagaFences } from "@valerix/saga"
import { Effect } from "effect"
import { ReservationRepository } from "./ports/ReservationRepository.ts"

/** What a command is kept in, inside a transaction. */
export interface Books {
  readonly fences: SagaFences["Service"]
  readonly reservations: ReservationRepository["Service"]
  readonly outbox: Outbox["Service"]
}

export const makeBooks = Effect.gen(function* () {
  const books: Books = { fences: yield* SagaFences, reservations: yield* ReservationRepository, outbox: yield* Outbox }
  return books
})
