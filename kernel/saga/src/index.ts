export { fnv1a } from "./Fnv1a.ts"
export { inHalves } from "./InHalves.ts"
export { cancelled, done, notSent, type Outcome, rejected, unavailable } from "./Outcome.ts"
export { makeParticipantMemory, type TransactionPath } from "./ParticipantMemory.ts"
export { layerParticipantPostgres } from "./ParticipantPostgres.ts"
export { defaultRetrySchedule, type RetrySchedule } from "./RetrySchedule.ts"
export { runVector } from "./runVector.ts"
export {
  type CompensatableStep,
  cancelledOnRequest,
  type RetriableStep,
  type SagaDefinition,
  type SagaEnd,
  type SagaFailure,
  type SagaItem,
  type SagaStatuses,
  stepsOf,
  undosOf,
  type VectorCommand
} from "./SagaDefinition.ts"
export { makeSagaExecutor, type SagaExecutorOptions } from "./SagaExecutor.ts"
export { SagaFailureJson } from "./SagaFailureJson.ts"
export { type Fenced, SagaFences } from "./SagaFences.ts"
export { type IsUnfit, SagaFencesMemory } from "./SagaFencesMemory.ts"
export { layerSagaFencesPostgres } from "./SagaFencesPostgres.ts"
export type {
  Attempt,
  ClaimedSaga,
  ClaimOptions,
  Lease,
  Recorded,
  SagaKey,
  SagaStore,
  Transition
} from "./SagaStore.ts"
export { SagaStoreMemory, type StoredSaga } from "./SagaStoreMemory.ts"
export { makeSagaStorePostgres } from "./SagaStorePostgres.ts"
export type { SagaTables } from "./SagaTables.ts"
export { type SagaWorker, type SagaWorkerOptions, startSagaWorker } from "./SagaWorker.ts"
export { runVectorInParts, type VectorParting, vectorParts } from "./VectorParts.ts"
export { withinLimit } from "./WithinLimit.ts"
