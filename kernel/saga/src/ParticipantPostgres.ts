import { layerTenantTransactionsPostgres } from "@valerix/database"
import { layerOutboxPostgres } from "@valerix/messaging"
import { Layer } from "effect"
import { layerSagaFencesPostgres } from "./SagaFencesPostgres.ts"

/** What a participant's use cases are built on, in the participant's database: transactions, fences and outbox. */
export const layerParticipantPostgres = () =>
  Layer.mergeAll(layerTenantTransactionsPostgres(), layerSagaFencesPostgres(), layerOutboxPostgres())
