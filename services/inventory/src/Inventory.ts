import { layerParticipantPostgres } from "@valerix/saga"
import { Layer } from "effect"
import { layerBalanceRepositoryPostgres } from "./adapters/postgres/BalanceRepositoryPostgres.ts"
import { layerInventoryAuditPostgres } from "./adapters/postgres/InventoryAuditPostgres.ts"
import { layerProductRepositoryPostgres } from "./adapters/postgres/ProductRepositoryPostgres.ts"
import { layerReservationRepositoryPostgres } from "./adapters/postgres/ReservationRepositoryPostgres.ts"
import { layerStockLedgerPostgres } from "./adapters/postgres/StockLedgerPostgres.ts"
import { AddStock } from "./application/AddStock.ts"
import { BrowseInventory } from "./application/BrowseInventory.ts"
import { ChangeProduct } from "./application/ChangeProduct.ts"
import { CreateProduct } from "./application/CreateProduct.ts"
import { layerInventoryCommands } from "./application/ExecuteReservations.ts"
import { layerProductCatalogue } from "./application/FollowCatalogue.ts"
import { GetReservations } from "./application/GetReservations.ts"
import { HoldProduct } from "./application/HoldProduct.ts"
import { LoadProducts } from "./application/LoadProducts.ts"
import { layerStockRecount } from "./application/RecountStock.ts"

const layerRepositories = Layer.mergeAll(
  layerParticipantPostgres(),
  layerBalanceRepositoryPostgres,
  layerProductRepositoryPostgres,
  layerReservationRepositoryPostgres,
  layerStockLedgerPostgres
)

export { layerInventoryInternalHandlers } from "./adapters/http/InternalHandlers.ts"
export { layerInventoryHandlers } from "./adapters/http/InventoryHandlers.ts"
export { layerInventoryShortHandlers } from "./adapters/http/ProductStockHandlers.ts"
export { BrowseInventory } from "./application/BrowseInventory.ts"
export {
  LoadProducts,
  PRODUCTS_PER_VECTOR_MAX,
  type ProductLoaded,
  type ProductToLoad
} from "./application/LoadProducts.ts"
export { layerDemoProducts } from "./DemoProducts.ts"

/** Where the migrations of inventory's database are. */
export const inventoryMigrations = new URL("../migrations/", import.meta.url)

/**
 * The inventory service on its database: the commands of an order's execution, the catalogue for those who keep a copy,
 * the look-ins for checks, and the use cases that the HTTP groups call.
 */
export const layerInventory = Layer.mergeAll(
  layerInventoryCommands,
  layerProductCatalogue,
  layerInventoryAuditPostgres,
  layerStockRecount,
  CreateProduct.layer,
  ChangeProduct.layer,
  AddStock.layer,
  LoadProducts.layer,
  BrowseInventory.layer,
  HoldProduct.layer.pipe(Layer.provide([layerInventoryCommands, GetReservations.layer])),
  GetReservations.layer
).pipe(Layer.provide(layerRepositories))
