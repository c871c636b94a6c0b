import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { Check } from "@valerix/tenancy"
import { Context, type Effect } from "effect"

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
  /** The database does not keep the rows of a table from other organizations (4). */
  | "row_security_off"
  /** A released order holds stock (7). */
  | "stock_held_after_release"

export type InventoryCheck = Check<InventoryFindingCode>

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
    /** What is wrong here alone. */
    readonly checks: ReadonlyArray<InventoryCheck>
    /** The orders that have reservations, active or released, in order, after the given one. */
    readonly orders: (
      organizationId: OrganizationId,
      after: string | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<OrderId>>
    /** What these orders (at most 10,000) hold, in their order. An order with any active line is Reserved. */
    readonly reservationsOf: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlyArray<OrderStock>>
  }
>()("@valerix/inventory/contract/InventoryAudit") {}
