import type { OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"

/** The transactions of a service's storage, whatever it is kept in. */
export class TenantTransactions extends Context.Service<
  TenantTransactions,
  {
    /** Runs a body in one transaction that sees what belongs to these organizations, and nothing else. */
    readonly run: (
      organizations: Iterable<OrganizationId>
    ) => <A, E, R>(body: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  }
>()("@valerix/tenancy/TenantTransactions") {}
