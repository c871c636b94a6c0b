import type { OrganizationId, ProductId } from "@valerix/money-and-ids"
import { TenantTransactions } from "@valerix/tenancy"
import { Context, Effect } from "effect"
import { ReservationRepository } from "../../src/application/ports/ReservationRepository.ts"

/** Products to reserve of, and what is reserved of them. */
export class Shelf extends Context.Service<
  Shelf,
  {
    /** A product of which there is so much, at one location. */
    readonly put: (
      organizationId: OrganizationId,
      onHand: number,
      sku: string
    ) => Effect.Effect<{ readonly productId: ProductId; readonly locationId: string }>
    readonly balanceOf: (
      organizationId: OrganizationId,
      productId: ProductId
    ) => Effect.Effect<{ readonly onHand: number; readonly reserved: number }>
  }
>()("@valerix/inventory/test/Shelf") {}

export type ReservationBench = ReservationRepository | TenantTransactions | Shelf

/** Does something with the repository in one transaction of these organizations. */
export const inTransaction = <A, E>(
  named: ReadonlyArray<{ readonly organizationId: OrganizationId }>,
  work: (repository: ReservationRepository["Service"]) => Effect.Effect<A, E>
) =>
  Effect.gen(function* () {
    const transactions = yield* TenantTransactions
    const repository = yield* ReservationRepository
    return yield* transactions.run(named.map(({ organizationId }) => organizationId))(work(repository))
  })
