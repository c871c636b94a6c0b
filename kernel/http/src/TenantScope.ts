import type { CurrentTenant } from "@valerix/tenancy"
import { HttpApiMiddleware } from "effect/http-api"
import { ValidationError } from "./StandardProblems.ts"

/** The header that names the organization a request acts for. */
export const ORGANIZATION_HEADER = "x-organization-id"

/**
 * Gives the handlers of a group or an API `CurrentTenant`. Put it on with `.middleware(TenantScope)`; the server brings
 * an implementation that reads the organization from the header `X-Organization-ID`.
 */
export class TenantScope extends HttpApiMiddleware.Service<TenantScope, { provides: CurrentTenant }>()(
  "@valerix/http/TenantScope",
  { error: ValidationError }
) {}
