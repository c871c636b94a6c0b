import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { OperationKind } from "../../domain/Operation.ts"

/** One thing that the provider did for us; a decline is none. */
export interface ProviderEffect {
  readonly kind: OperationKind
  readonly key: string
  /** What it is filed under: the order's id. */
  readonly orderReference: string
  readonly authorizationId: string
  readonly reference: string
  /** The amount authorized, captured or refunded, and of a void, let go. */
  readonly amountMinor: number
  readonly currency: string
  /** Whether the authorization it belongs to has run out by the provider's clock. */
  readonly hasExpired: boolean
}

/** The provider's own books: what it did, whatever our records say. */
export class ProviderStatement extends Context.Service<
  ProviderStatement,
  {
    readonly ofOrders: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlyArray<ProviderEffect>>
    /** What orders there are effects for, in order, after a given one. */
    readonly orderReferences: (
      organizationId: OrganizationId,
      after: string | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<string>>
  }
>()("@valerix/payments/application/ProviderStatement") {}
