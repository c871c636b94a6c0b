export { InventoryApi, InventoryInternalApi, InventoryShortApi } from "./InventoryApi.ts"
export { InventoryAudit, type InventoryCheck, type InventoryFindingCode, type OrderStock } from "./InventoryAudit.ts"
export { InventoryCommands, type ReservationCommand, type ReserveStock } from "./InventoryCommands.ts"
export {
  type CatalogueChanges,
  type CatalogueCursor,
  type CatalogueProduct,
  ProductCatalogue
} from "./ProductCatalogue.ts"
export { CreateProductBody, ImportedProduct, ProductView } from "./ProductSchemas.ts"
export { type Recounted, StockRecount } from "./StockRecount.ts"
export { AvailabilityView, StockAddedView } from "./StockSchemas.ts"
