import { Layer } from "effect"
import { layerUnprefixedHandlers } from "./InventoryHandlers.ts"
import { layerReservationsHandlers } from "./ReservationsHandlers.ts"

/** All groups of InventoryInternalApi. */
export const layerInventoryInternalHandlers = Layer.merge(layerUnprefixedHandlers, layerReservationsHandlers)
