import { Layer } from "effect"
import { AcceptOrders } from "./application/AcceptOrders.ts"
import { CancelOrder } from "./application/CancelOrder.ts"
import { ExecuteOrders } from "./application/ExecuteOrders.ts"
import { SweepAbandoned } from "./application/SweepAbandoned.ts"
import type { CheckoutOptions } from "./CheckoutOptions.ts"

export { OrderLedgerMemory } from "./adapters/memory/OrderLedgerMemory.ts"
export { SagaOperationsMemory } from "./adapters/memory/SagaOperationsMemory.ts"
export { type Accepted, AcceptOrders } from "./application/AcceptOrders.ts"
export { CancelOrder } from "./application/CancelOrder.ts"
export { OperateSagas } from "./application/OperateSagas.ts"
export { ORDER_SAGA_VERSION } from "./application/OrderSagaVersion.ts"
export { type LedgerEntry, type NewEntry, OrderLedger } from "./application/ports/OrderLedger.ts"
export { OrderSagaStore } from "./application/ports/OrderSagaStore.ts"
export { SagaOperations } from "./application/ports/SagaOperations.ts"
export { SagaWakeUp } from "./application/ports/SagaWakeUp.ts"
export { type CheckoutOptions, checkoutDefaults } from "./CheckoutOptions.ts"
export { COMPENSATED_BY_OPERATOR, SAGA_ACTIONS, type SagaAction } from "./domain/Intervention.ts"
export type { LedgerStatus } from "./domain/LedgerStatus.ts"

/** The edge without HTTP and storage, for simulations: accepts batches, cancels, and undoes what was not concluded. */
export const layerEdgeRole = (options: CheckoutOptions) =>
  Layer.mergeAll(AcceptOrders.layer(options.edge), CancelOrder.layer, SweepAbandoned(options.sweep))

/** The orchestrator without storage, for simulations. */
export const layerOrchestratorRole = (options: CheckoutOptions) => ExecuteOrders(options.orchestrator)
