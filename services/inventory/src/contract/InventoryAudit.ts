import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"

/** Something that must never be so. */
export interface InventoryFinding {
  /** The number of the promise that is broken: 1, 3, 4 or 7. */
  readonly promise: number
  readonly code: InventoryFindingCode
  readonly organizationId: OrganizationId
  /** The order or product that it is about. */
  readonly subject: string
  /** What was expected, and what is. */
  readonly message: string
}

export type InventoryFindingCode =
  /** On hand is not the sum of the movements (promise 1). */
  | "on_hand_mismatch"
  /** Reserved is not the sum of the active reservations (1). */
  | "reserved_mismatch"
  /** Not 0 ≤ reserved ≤ on hand (1). */
  | "balance_out_of_bounds"
  /** An idempotency key has had more than one effect (3). */
  | "key_used_twice"
  /** An idempotency key has not had exactly the one movement that it stands for (3). */
  | "key_without_movement"
  /** A row names something that its organization does not have (4). */
  | "reference_outside_organization"
  /** A released order holds stock (7). */
  | "stock_held_after_release"

/** What an order holds of the stock. */
export type OrderStock =
  | { readonly _tag: "None" }
  | { readonly _tag: "Reserved"; readonly lines: number; readonly quantity: number }
  | { readonly _tag: "Released"; readonly lines: number; readonly quantity: number }

/** How checks look into inventory. Everything fails as a defect when the database is away. */
export class InventoryAudit extends Context.Service<
  InventoryAudit,
  {
    /** The organizations with rows here, in order, after the given one; at most 1,000, fewer at the end. */
    readonly organizations: (after: OrganizationId | undefined) => Effect.Effect<ReadonlyArray<OrganizationId>>
    /** What is wrong in these organizations; at most 1,000 findings. Right also while orders are being executed. */
    readonly findings: (organizations: ReadonlyArray<OrganizationId>) => Effect.Effect<ReadonlyArray<InventoryFinding>>
    /** What these orders (at most 10,000) hold, in their order. An order with any active line is Reserved. */
    readonly reservationsOf: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlyArray<OrderStock>>
  }
>()("@valerix/inventory/contract/InventoryAudit") {}
