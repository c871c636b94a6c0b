import { MemoryDatabase } from "@valerix/database/memory"
import { makeParticipantMemory, type TransactionPath } from "@valerix/saga"
import { Layer } from "effect"
import { PaymentRepositoryMemory } from "./adapters/memory/PaymentRepositoryMemory.ts"
import { layerPaymentsCommands } from "./application/ExecutePayments.ts"
import { layerPaymentSteps } from "./application/PaymentSteps.ts"
import { PaymentRepository } from "./application/ports/PaymentRepository.ts"

export { PaymentProviderMemory } from "./adapters/providers/memory/PaymentProviderMemory.ts"
export { PaymentProvider } from "./application/ports/PaymentProvider.ts"
export type { ProviderEffect } from "./application/ports/ProviderStatement.ts"

/**
 * The commands of an order's payment on a database in memory, for simulations, and what that database holds. The layer
 * is that of one process, and its way to the database. The provider comes from outside.
 */
export const makePaymentsMemory = () => {
  const database = new MemoryDatabase()
  const { fences, layer: participant, outbox } = makeParticipantMemory(database)
  const payments = new PaymentRepositoryMemory(database, fences)
  const layer = (path?: TransactionPath) =>
    layerPaymentsCommands.pipe(
      Layer.provide(layerPaymentSteps),
      Layer.provide(Layer.merge(participant(path), Layer.succeed(PaymentRepository, payments.repository)))
    )
  return { layer, fences, outbox, payments }
}
