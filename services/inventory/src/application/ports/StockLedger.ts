import type { OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { MovementType, StockMovement } from "../../domain/StockMovement.ts"

/** An idempotency key, and whose it is. */
export interface OwnedKey {
  readonly organizationId: OrganizationId
  readonly principal: string
  readonly idempotencyKey: string
}

/** The ledger of stock movements, and the keys under which callers made them. Runs in the caller's transaction. */
export class StockLedger extends Context.Service<
  StockLedger,
  {
    /** Writes a movement, and gives when. */
    readonly record: (
      movement: Omit<StockMovement, "createdAt"> & { readonly organizationId: OrganizationId }
    ) => Effect.Effect<Date>
    /** Writes movements of one organization. */
    readonly recordAll: (
      organizationId: OrganizationId,
      movements: ReadonlyArray<Omit<StockMovement, "createdAt">>
    ) => Effect.Effect<void>
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
    readonly claimKey: (key: OwnedKey, transactionId: string) => Effect.Effect<boolean>
    /** Takes keys, each named once, for movements that follow in the same transaction; gives for each whether it was free. */
    readonly claimKeys: (
      owner: Pick<OwnedKey, "organizationId" | "principal">,
      keys: ReadonlyArray<{ readonly idempotencyKey: string; readonly transactionId: string }>
    ) => Effect.Effect<ReadonlyArray<boolean>>
    /** The movement that a key stands for. */
    readonly effectOfKey: (
      key: OwnedKey
    ) => Effect.Effect<{ readonly sku: string; readonly movement: StockMovement } | undefined>
  }
>()("@valerix/inventory/ports/StockLedger") {}
