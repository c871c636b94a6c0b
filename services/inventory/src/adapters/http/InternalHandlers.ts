import { Layer } from "effect"
import { layerUnprefixedHandlers } from "./InventoryHandlers.ts"
import { layerProductStockHandlers } from "./ProductStockHandlers.ts"
import { layerReservationsHandlers } from "./ReservationsHandlers.ts"

/** All groups of InventoryInternalApi. */
export const layerInventoryInternalHandlers = Layer.mergeAll(
  layerUnprefixedHandlers,
  layerReservationsHandlers,
  layerProductStockHandlers
)
