import { Layer } from "effect"
import { layerSalesOrderQueriesPostgres } from "./adapters/postgres/SalesOrderQueriesPostgres.ts"
import { layerSalesOrderRepositoryPostgres } from "./adapters/postgres/SalesOrderRepositoryPostgres.ts"
import { layerOrdersCommands } from "./application/ExecuteOrders.ts"
import { GetSalesOrder } from "./application/GetSalesOrder.ts"
import { ListSalesOrders } from "./application/ListSalesOrders.ts"

/** The orders service on its database, `TenantDatabase`: what it does for other services and for its own HTTP side. */
export const layerOrders = Layer.mergeAll(
  layerOrdersCommands.pipe(Layer.provide(layerSalesOrderRepositoryPostgres)),
  Layer.mergeAll(GetSalesOrder.layer, ListSalesOrders.layer).pipe(Layer.provide(layerSalesOrderQueriesPostgres))
)
