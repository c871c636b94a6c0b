import { ValidationError } from "@valerix/http/contract"
import { CurrentTenant } from "@valerix/tenancy"
import { DateTime, Effect, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { VerifyPromises } from "../../application/VerifyPromises.ts"
import { CheckoutApi } from "../../contract/CheckoutApi.ts"
import { VerifyCursor } from "../../contract/VerifyGroup.ts"

const encodeCursor = Schema.encodeSync(VerifyCursor)

export const VerifyHandlers = HttpApiBuilder.group(
  CheckoutApi,
  "verify",
  Effect.fnUntraced(function* (handlers) {
    const verify = yield* VerifyPromises
    return handlers.handleAll({
      verify: Effect.fnUntraced(function* ({ query }) {
        const { organizationId } = yield* CurrentTenant
        const from = query.cursor && { check: query.cursor[0], after: query.cursor[1] ?? undefined }
        if (from !== undefined && !verify.isPosition(from)) {
          const message = "must be the next_cursor of a part of this verification"
          return yield* new ValidationError({ errors: [{ field: "cursor", message }] })
        }
        const { findings, next, orders } = yield* verify.part(organizationId, from)
        return {
          clean: findings.length === 0,
          organizations: 1,
          orders,
          checked_at: yield* DateTime.now,
          findings: findings.map(({ organizationId: organization_id, ...finding }) => ({
            ...finding,
            organization_id
          })),
          next_cursor: next === undefined ? null : encodeCursor([next.check, next.after ?? null])
        }
      })
    })
  })
)
