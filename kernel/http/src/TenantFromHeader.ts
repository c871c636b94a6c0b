import { OrganizationId } from "@valerix/money-and-ids"
import { CurrentTenant, DEMO_ORGANIZATION_ID, LOCAL_PRINCIPAL, type Tenant } from "@valerix/tenancy"
import { Context, Effect, Layer, Schema, type Types } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { ValidationError } from "./StandardProblems.ts"
import { ORGANIZATION_HEADER, TenantScope } from "./TenantScope.ts"

type Answered = Effect.Effect<HttpServerResponse.HttpServerResponse, Types.unhandled | ValidationError>

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
export const layerTenantFromHeader: Layer.Layer<TenantScope> = Layer.succeed(TenantScope, (httpEffect) =>
  Effect.withFiber((fiber): Answered => {
    const { headers } = Context.getUnsafe(fiber.context, HttpServerRequest.HttpServerRequest)
    const tenant = tenantOf(headers[ORGANIZATION_HEADER])
    return tenant === undefined ? refuse : Effect.provideService(httpEffect, CurrentTenant, tenant)
  })
)

const refuse = Effect.fail(
  new ValidationError({ errors: [{ field: "header X-Organization-ID", message: "must be a UUID version 7" }] })
)
