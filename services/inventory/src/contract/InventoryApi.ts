import { withProblems } from "@valerix/http/contract"
import { HttpApi } from "effect/http-api"
import { InventoryGroup } from "./InventoryGroup.ts"
import { ProductStockGroup } from "./ProductStockGroup.ts"
import { ReservationsGroup } from "./ReservationsGroup.ts"

/** What the public door serves of inventory. */
export const InventoryApi = HttpApi.make("inventory").add(InventoryGroup).prefix("/api/v1").pipe(withProblems)

/** What the service serves besides, on its own port, to callers inside: no prefix, and the commands of an order's execution. */
export const InventoryInternalApi = HttpApi.make("inventory-internal")
  .add(InventoryGroup)
  .add(ReservationsGroup)
  .pipe(withProblems)

/** Stock in its shortest form: on a port of its own, and where the service runs alone. */
export const InventoryShortApi = HttpApi.make("inventory-short").add(ProductStockGroup).pipe(withProblems)
