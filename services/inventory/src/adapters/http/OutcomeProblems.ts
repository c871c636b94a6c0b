import { TemporarilyUnavailable } from "@valerix/http/contract"
import { type OrderId, ProductId } from "@valerix/money-and-ids"
import type { Outcome } from "@valerix/saga"
import { Effect, Option, Schema } from "effect"
import {
  InsufficientStockProblem,
  ProductNotFoundProblem,
  ReservationCancelledProblem,
  ReservationRefusedProblem
} from "../../contract/InventoryProblems.ts"

const Shortage = Schema.Struct({
  product_id: ProductId,
  product_sku: Schema.String,
  requested: Schema.Int,
  available: Schema.Int
})
const readShortage = Schema.decodeUnknownOption(Shortage)
const readProduct = Schema.decodeUnknownOption(Schema.Struct({ product_id: ProductId }))

/** Succeeds when a reservation is done, and fails with the problem that any other outcome is to an HTTP caller. */
export const doneOrProblem = Effect.fnUntraced(function* (orderId: OrderId, outcome: Outcome | undefined) {
  if (outcome?._tag === "Done") return
  if (outcome?._tag === "Cancelled") return yield* new ReservationCancelledProblem({ order_id: orderId })
  if (outcome?._tag !== "Rejected") return yield* new TemporarilyUnavailable()
  const { code, details, message: detail } = outcome
  const shortage = readShortage(details)
  if (code === "insufficient_stock" && Option.isSome(shortage)) {
    return yield* new InsufficientStockProblem({ detail, ...shortage.value })
  }
  const product = readProduct(details)
  if (code === "product_not_found" && Option.isSome(product)) {
    return yield* new ProductNotFoundProblem({ detail, ...product.value })
  }
  return yield* new ReservationRefusedProblem({ detail })
})
