import { Effect, Layer } from "effect"
import { InventoryCommands } from "../contract/InventoryCommands.ts"
import { makeReleaseStock } from "./ReleaseStock.ts"
import { makeReserveStock } from "./ReserveStock.ts"

/** The commands of an order's execution, each in a file of its own. */
export const layerInventoryCommands = Layer.effect(
  InventoryCommands,
  Effect.gen(function* () {
    return InventoryCommands.of({ reserve: yield* makeReserveStock, release: yield* makeReleaseStock })
  })
)
