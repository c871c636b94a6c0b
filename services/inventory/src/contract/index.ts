export { InventoryCommands, type ReservationCommand, type ReserveStock } from "./InventoryCommands.ts"
export { type CatalogueCursor, type CatalogueProduct, ProductCatalogue } from "./ProductCatalogue.ts"
