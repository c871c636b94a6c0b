import type { ProductId } from "@valerix/money-and-ids"
import { Data } from "effect"
import type { Reservation } from "./Reservation.ts"

/** The organization has no product with this id or SKU. */
export class ProductNotFound extends Data.TaggedError("ProductNotFound")<{ readonly product: string }> {}

/** The SKU is taken by another product of the organization. */
export class DuplicateSku extends Data.TaggedError("DuplicateSku")<{
  readonly sku: string
  readonly productId: ProductId
}> {}

/** Less is available than was asked for. */
export class InsufficientStock extends Data.TaggedError("InsufficientStock")<{
  readonly productId: ProductId
  readonly sku: string
  readonly requested: number
  readonly available: number
}> {}

/** The key has been used for another request. */
export class IdempotencyKeyReused extends Data.TaggedError("IdempotencyKeyReused") {}

/** The order holds something else than what was named; held is what, nothing included. */
export class ReservationDiffers extends Data.TaggedError("ReservationDiffers")<{
  readonly held: ReadonlyArray<Reservation>
}> {}
