import { CurrentTenant } from "@valerix/tenancy"
import { DateTime, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { VerifyPromises } from "../../application/VerifyPromises.ts"
import { CheckoutApi } from "../../contract/CheckoutApi.ts"

export const VerifyHandlers = HttpApiBuilder.group(
  CheckoutApi,
  "verify",
  Effect.fnUntraced(function* (handlers) {
    const verify = yield* VerifyPromises
    return handlers.handleAll({
      verify: Effect.fnUntraced(function* () {
        const { organizationId } = yield* CurrentTenant
        const { organizations, orders, findings } = yield* verify.ofOrganizations([organizationId])
        return {
          clean: findings.length === 0,
          organizations,
          orders,
          checked_at: yield* DateTime.now,
          findings: findings.map(({ organizationId: organization_id, ...finding }) => ({ ...finding, organization_id }))
        }
      })
    })
  })
)
