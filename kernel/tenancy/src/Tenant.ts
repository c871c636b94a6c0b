import type { OrganizationId } from "@valerix/money-and-ids"
import { Context } from "effect"

/** Who a request acts for: the organization whose rows it may see, and the principal whose idempotency keys it uses. */
export interface Tenant {
  readonly organizationId: OrganizationId
  readonly principal: string
}

/** The tenant of the request that is being handled; the edge of each server provides it. */
export class CurrentTenant extends Context.Service<CurrentTenant, Tenant>()("@valerix/tenancy/CurrentTenant") {}
