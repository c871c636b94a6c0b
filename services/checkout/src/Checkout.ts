import { Layer } from "effect"
import { OrdersHandlers } from "./adapters/http/OrdersHandlers.ts"
import { SagasHandlers } from "./adapters/http/SagasHandlers.ts"
import { ShortOrdersHandlers } from "./adapters/http/ShortOrdersHandlers.ts"
import { VerifyHandlers } from "./adapters/http/VerifyHandlers.ts"
import { CatalogueCopyPostgres } from "./adapters/postgres/CatalogueCopyPostgres.ts"
import { ImportProgressPostgres } from "./adapters/postgres/ImportProgressPostgres.ts"
import { LedgerAuditPostgres } from "./adapters/postgres/LedgerAuditPostgres.ts"
import { LedgerRepairsPostgres } from "./adapters/postgres/LedgerRepairsPostgres.ts"
import { OrderLedgerPostgres } from "./adapters/postgres/OrderLedgerPostgres.ts"
import { OrderSagaStorePostgres } from "./adapters/postgres/OrderSagaStorePostgres.ts"
import { SagaWakeUpPostgres } from "./adapters/postgres/SagaWakeUpPostgres.ts"
import { SagaOperationsPostgres } from "./adapters/postgres/sagas/SagaOperationsPostgres.ts"
import { StandstillsPostgres } from "./adapters/postgres/sagas/StandstillsPostgres.ts"
import { RequestDigestSha256 } from "./adapters/RequestDigestSha256.ts"
import { AcceptOrders } from "./application/AcceptOrders.ts"
import { CancelOrder } from "./application/CancelOrder.ts"
import { Catalogue } from "./application/Catalogue.ts"
import { ExecuteOrders } from "./application/ExecuteOrders.ts"
import { FindSagas } from "./application/FindSagas.ts"
import { FindStandstills } from "./application/FindStandstills.ts"
import { FollowOrders } from "./application/FollowOrders.ts"
import { MonitorOrders } from "./application/MonitorOrders.ts"
import { OperateSagas } from "./application/OperateSagas.ts"
import { PlaceOrder } from "./application/PlaceOrder.ts"
import { RehearseOrder } from "./application/RehearseOrder.ts"
import { RepairFindings } from "./application/RepairFindings.ts"
import { ReplayOrders } from "./application/ReplayOrders.ts"
import { SweepAbandoned } from "./application/SweepAbandoned.ts"
import { VerifyPromises } from "./application/VerifyPromises.ts"
import { WatchOrders } from "./application/WatchOrders.ts"
import type { CheckoutOptions } from "./CheckoutOptions.ts"

export { orderRequestOf } from "./adapters/http/OrderRequests.ts"
export { timelineEntryViewOf } from "./adapters/http/OrderViews.ts"
export { sagaViewOf } from "./adapters/http/SagaViews.ts"
export { FindSagas, type FoundSaga } from "./application/FindSagas.ts"
export { FindStandstills, type LostOrders } from "./application/FindStandstills.ts"
export { type OperatedSagas, OperateSagas } from "./application/OperateSagas.ts"
export { type ImportedFile, type ImportPosition, ImportProgress } from "./application/ports/ImportProgress.ts"
export { type LedgerEntry, OrderLedger, type TimelineEntry } from "./application/ports/OrderLedger.ts"
export type { SagaFilter } from "./application/ports/SagaOperations.ts"
export { RehearseOrder } from "./application/RehearseOrder.ts"
export { FINDING_CODES } from "./application/RepairAdvice.ts"
export { onlyByName, type Repaired, RepairFindings } from "./application/RepairFindings.ts"
export { type OrderToReplay, type Replayed, ReplayOrders, refusedFor } from "./application/ReplayOrders.ts"
export { type Position, type Progress, VerifyPromises } from "./application/VerifyPromises.ts"
export { type CheckoutOptions, checkoutDefaults } from "./CheckoutOptions.ts"
export { EXECUTION_STEPS, type Execution, stepOf, UNFINISHED_STATUSES, versionOf } from "./domain/Execution.ts"
export { SAGA_ACTIONS, type SagaAction } from "./domain/Intervention.ts"
export type { OrderRequest } from "./domain/OrderRequest.ts"

/** Where the migrations of checkout's database are. */
export const checkoutMigrations = new URL("../migrations/", import.meta.url)

/** What checkout keeps its data in: its own database. */
export const CheckoutStorage = Layer.mergeAll(
  OrderLedgerPostgres,
  OrderSagaStorePostgres,
  CatalogueCopyPostgres,
  LedgerAuditPostgres,
  SagaOperationsPostgres,
  StandstillsPostgres,
  SagaWakeUpPostgres,
  RequestDigestSha256
)

const SagaUseCases = Layer.merge(FindSagas.layer, OperateSagas.layer)

/** What the HTTP groups call: placing orders, following and cancelling them, and the operators' hands. */
const layerUseCases = (options: CheckoutOptions) =>
  Layer.mergeAll(
    PlaceOrder.layer(options.acceptance).pipe(
      Layer.provide(AcceptOrders.layer(options.edge)),
      Layer.provideMerge(Catalogue.layer(options.catalogue))
    ),
    CancelOrder.layer,
    WatchOrders.layer(options.watch),
    SagaUseCases
  )

/**
 * Checkout with both of its roles, edge (accepts orders, and undoes what it could not conclude) and orchestrator
 * (executes them, and moves on what stands still). Needs its own database and the contracts of orders, inventory and payments.
 */
export const layerCheckout = (options: CheckoutOptions, storage: typeof CheckoutStorage = CheckoutStorage) =>
  Layer.mergeAll(
    layerUseCases(options),
    SweepAbandoned(options.sweep),
    ExecuteOrders(options.orchestrator),
    MonitorOrders(options.monitor),
    VerifyPromises.layer(options.verify)
  ).pipe(Layer.provideMerge(storage))

/** What an import needs beside checkout with both of its roles: placing many orders, and keeping how far it is. */
export const layerImports = (options: CheckoutOptions) =>
  Layer.merge(
    ReplayOrders.layer(options.replay).pipe(Layer.provide(FollowOrders.layer(options.follow))),
    ImportProgressPostgres
  )

/** What can be asked of a ledger without changing it: its orders, and what placing one would do. */
export const layerLooking = RehearseOrder.layer.pipe(Layer.provideMerge(CheckoutStorage))

/** The checks of the promises alone: nothing is accepted, swept or executed. */
export const layerVerification = (options: CheckoutOptions) =>
  VerifyPromises.layer(options.verify).pipe(Layer.provide(CheckoutStorage))

/** The checks, and what mends what they find; nothing else is accepted, swept or executed. */
export const layerRepairs = (options: CheckoutOptions) =>
  RepairFindings.layer(options.repair).pipe(
    Layer.provideMerge(VerifyPromises.layer(options.verify)),
    Layer.provide([CheckoutStorage, LedgerRepairsPostgres])
  )

/** The operators' hands alone: nothing is accepted, swept or executed. */
export const layerSagaOperations = SagaUseCases.pipe(Layer.provide(CheckoutStorage))

/** What stands still, found and not moved; nothing is accepted, swept or executed. */
export const layerStandstills = (options: Pick<CheckoutOptions, "monitor">) =>
  Layer.merge(FindSagas.layer, FindStandstills.layer(options.monitor)).pipe(Layer.provide(CheckoutStorage))

/** The handlers of CheckoutApi's groups. */
export const layerCheckoutHandlers = Layer.mergeAll(OrdersHandlers, SagasHandlers, VerifyHandlers)

/** The handlers of CheckoutShortApi's group. */
export const layerCheckoutShortHandlers = ShortOrdersHandlers
