import { layerParticipantPostgres } from "@valerix/saga"
import { Layer } from "effect"
import { layerDirectRequestsPostgres } from "./adapters/postgres/DirectRequestsPostgres.ts"
import { layerPaymentAuditQueriesPostgres } from "./adapters/postgres/PaymentAuditQueriesPostgres.ts"
import { layerPaymentQueriesPostgres } from "./adapters/postgres/PaymentQueriesPostgres.ts"
import { layerPaymentRepositoryPostgres } from "./adapters/postgres/PaymentRepositoryPostgres.ts"
import { layerPaymentsAudit } from "./application/AuditPayments.ts"
import { layerPaymentsCommands } from "./application/ExecutePayments.ts"
import { FindPayments } from "./application/FindPayments.ts"
import { PayDirectly } from "./application/PayDirectly.ts"
import { PayForOrder } from "./application/PayForOrder.ts"
import { layerPaymentSteps } from "./application/PaymentSteps.ts"

export {
  layerPaymentsHandlers,
  layerPaymentsInternalHandlers,
  layerPaymentsShortHandlers
} from "./adapters/http/index.ts"
export {
  layerMockPaymentProvider,
  MockProviderFaults,
  type MockProviderSettings
} from "./MockPaymentProvider.ts"

const layerRepositories = Layer.mergeAll(
  layerParticipantPostgres(),
  layerDirectRequestsPostgres,
  layerPaymentAuditQueriesPostgres,
  layerPaymentQueriesPostgres,
  layerPaymentRepositoryPostgres
)

/**
 * The payments service on its database, with a payment provider: the commands of an order's payment, the look-ins for
 * checks, and the use cases that the HTTP groups call.
 */
export const layerPayments = Layer.mergeAll(
  layerPaymentsCommands,
  layerPaymentsAudit,
  FindPayments.layer,
  PayDirectly.layer,
  PayForOrder.layer.pipe(Layer.provide(PayDirectly.layer))
).pipe(Layer.provideMerge(layerPaymentSteps), Layer.provide(layerRepositories))
