import type { OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"

export type Recounted =
  /** The balances that were put right, in plain words. */
  | { readonly _tag: "Corrected"; readonly what: string }
  /** They agree with their books; nothing was changed. */
  | { readonly _tag: "Sound" }
  /** The books themselves do not add up: nothing was changed, somebody has to count. */
  | { readonly _tag: "Unclear"; readonly why: string }

/** Puts what a product's balances say to what their books come to: movements, and active reservations. */
export class StockRecount extends Context.Service<
  StockRecount,
  (organizationId: OrganizationId, productId: ProductId) => Effect.Effect<Recounted>
>()("@valerix/inventory/contract/StockRecount") {}
