import { OrganizationId } from "@valerix/money-and-ids"
import { CurrentTenant, DEMO_ORGANIZATION_ID, LOCAL_PRINCIPAL, type Tenant } from "@valerix/tenancy"
import { Effect, Layer, Schema } from "effect"
import { HttpServerRequest } from "effect/http"
import { ValidationError } from "./StandardProblems.ts"
import { ORGANIZATION_HEADER, TenantScope } from "./TenantScope.ts"

const isOrganizationId = Schema.is(OrganizationId)
const demo: Tenant = { organizationId: DEMO_ORGANIZATION_ID, principal: LOCAL_PRINCIPAL }

const tenantOf = (header: string | undefined): Tenant | undefined => {
  if (header === undefined) return demo
  const organizationId = header.toLowerCase()
  return isOrganizationId(organizationId) ? { organizationId, principal: LOCAL_PRINCIPAL } : undefined
}

/**
 * The tenant of a server that trusts its callers (it listens on loopback, or behind the gateway): the organization of
 * the header, the demo organization without one.
 */
export const layerTenantFromHeader: Layer.Layer<TenantScope> = Layer.succeed(
  TenantScope,
  Effect.fnUntraced(function* (httpEffect) {
    const request = yield* HttpServerRequest.HttpServerRequest
    const tenant = tenantOf(request.headers[ORGANIZATION_HEADER])
    if (tenant === undefined) {
      return yield* new ValidationError({
        errors: [{ field: "header X-Organization-ID", message: "must be a UUID version 7" }]
      })
    }
    return yield* Effect.provideService(httpEffect, CurrentTenant, tenant)
  })
)
