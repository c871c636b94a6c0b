import { TenantScope, ValidationError } from "@valerix/http/contract"
import { Cursor } from "@valerix/http/paging"
import { OrganizationId } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"

const KEY_MAX_CHARACTERS = 255

/** One broken promise: which, of whose order or product, and why. */
export const FindingView = Schema.Struct({
  promise: Schema.Int,
  code: Schema.String,
  organization_id: OrganizationId,
  subject: Schema.String,
  message: Schema.String
}).annotate({ identifier: "Finding" })

/** The check that comes next, and the key after which it goes on. */
export const VerifyCursor = Cursor(
  Schema.Tuple([Schema.String, Schema.NullOr(Schema.String.check(Schema.isMaxLength(KEY_MAX_CHARACTERS)))])
)

/** What a part of the verification found. All of it is done when `next_cursor` is null. */
export const VerifyReport = Schema.Struct({
  /** Nothing is wrong in this part. */
  clean: Schema.Boolean,
  organizations: Schema.Int,
  /** How many orders were judged across services in this part. */
  orders: Schema.Int,
  checked_at: Schema.DateTimeUtcFromString,
  findings: Schema.Array(FindingView),
  next_cursor: Schema.NullOr(Schema.String)
}).annotate({ identifier: "VerifyReport" })

/** Whether the promises hold for the caller's organization. */
export const VerifyGroup = HttpApiGroup.make("verify")
  .add(
    HttpApiEndpoint.get("verify", "/verify", {
      query: { cursor: Schema.optionalKey(VerifyCursor) },
      success: VerifyReport,
      error: ValidationError
    }).annotate(
      OpenApi.Description,
      "Checks every promise on what is stored of the caller's organization, and of no other, while orders are being " +
        "executed. A request checks for some seconds, or until it has found 1,000 broken promises. While `next_cursor` is " +
        "not null there is more to check: send it back as `cursor`. The organization is sound when every part is clean."
    )
  )
  .middleware(TenantScope)
