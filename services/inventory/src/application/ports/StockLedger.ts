import type { OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { MovementType, StockMovement } from "../../domain/StockMovement.ts"

/** Whose key it is, and a digest of what was asked for under it. */
export interface KeyClaim {
  readonly organizationId: OrganizationId
  readonly principal: string
  readonly idempotencyKey: string
  readonly fingerprint: string
}

/** The ledger of stock movements, and the keys under which callers made them. Runs in the caller's transaction. */
export class StockLedger extends Context.Service<
  StockLedger,
  {
    /** Writes a movement, and gives when. */
    readonly record: (
      movement: Omit<StockMovement, "createdAt"> & { readonly organizationId: OrganizationId }
    ) => Effect.Effect<Date>
    /** Newest first, older than `after`. */
    readonly page: (
      organizationId: OrganizationId,
      filter: {
        readonly productId: ProductId | undefined
        readonly type: MovementType | undefined
        readonly after: string | undefined
        readonly limit: number
      }
    ) => Effect.Effect<ReadonlyArray<StockMovement>>
    /** Takes a key for a movement that follows in the same transaction; false when it is taken. Waits for one who is about to. */
    readonly claimKey: (claim: KeyClaim, transactionId: string) => Effect.Effect<boolean>
    /** What was asked for and done under a key. */
    readonly effectOfKey: (
      claim: KeyClaim
    ) => Effect.Effect<
      { readonly fingerprint: string; readonly sku: string; readonly movement: StockMovement } | undefined
    >
  }
>()("@valerix/inventory/ports/StockLedger") {}
