import { TenantScope } from "@valerix/http"
import { OrganizationId } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"

/** One broken promise: which, of whose order or product, and why. */
export const FindingView = Schema.Struct({
  promise: Schema.Int,
  code: Schema.String,
  organization_id: OrganizationId,
  subject: Schema.String,
  message: Schema.String
}).annotate({ identifier: "Finding" })

export const VerifyReport = Schema.Struct({
  clean: Schema.Boolean,
  organizations: Schema.Int,
  orders: Schema.Int,
  checked_at: Schema.DateTimeUtcFromString,
  findings: Schema.Array(FindingView)
}).annotate({ identifier: "VerifyReport" })

/** Whether the promises hold for the caller's organization. */
export const VerifyGroup = HttpApiGroup.make("verify")
  .add(HttpApiEndpoint.get("verify", "/verify", { success: VerifyReport }))
  .middleware(TenantScope)
