import { layerParticipantPostgres } from "@valerix/saga"
import { Layer } from "effect"
import { layerOrdersAuditPostgres } from "./adapters/postgres/OrdersAuditPostgres.ts"
import { layerSalesOrderQueriesPostgres } from "./adapters/postgres/SalesOrderQueriesPostgres.ts"
import { layerSalesOrderRepositoryPostgres } from "./adapters/postgres/SalesOrderRepositoryPostgres.ts"
import { layerOrdersCommands } from "./application/ExecuteOrders.ts"
import { GetSalesOrder } from "./application/GetSalesOrder.ts"
import { ListSalesOrders } from "./application/ListSalesOrders.ts"

export { layerOrdersInternalHandlers } from "./adapters/http/OrdersHandlers.ts"
export { layerOrdersHandlers } from "./adapters/http/SalesOrdersHandlers.ts"

const layerRepositories = Layer.mergeAll(
  layerParticipantPostgres(),
  layerSalesOrderQueriesPostgres,
  layerSalesOrderRepositoryPostgres
)

/**
 * The orders service on its database: the commands of an order's execution, the look-ins for checks, and the use cases
 * that the HTTP groups call.
 */
export const layerOrders = Layer.mergeAll(
  layerOrdersCommands,
  layerOrdersAuditPostgres,
  GetSalesOrder.layer,
  ListSalesOrders.layer
).pipe(Layer.provide(layerRepositories))
