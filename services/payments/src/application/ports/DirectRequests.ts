import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"

/** The order ids of payments that belong to no order of ours, by the key that their caller made. */
export class DirectRequests extends Context.Service<
  DirectRequests,
  {
    /** The order id of a key: the one remembered, or a new one that is remembered from now on. */
    readonly orderIdOf: (organizationId: OrganizationId, idempotencyKey: string) => Effect.Effect<OrderId>
    /** The key that an order id was made for; none where it was not made here. */
    readonly keyOf: (organizationId: OrganizationId, orderId: OrderId) => Effect.Effect<string | undefined>
  }
>()("@valerix/payments/application/DirectRequests") {}
