import { CurrentCorrelationId } from "@valerix/telemetry"
import { Effect, Option, Schema, SchemaGetter } from "effect"
import { HttpApiError } from "effect/http-api"

/** One field at fault: where it is (see FieldName.ts for how it is written) and what is wrong with it. */
export const FieldError = Schema.Struct({ field: Schema.String, message: Schema.String })
export type FieldError = typeof FieldError.Type

/** The correlation id of the request, put into the document when it is written. */
const CorrelationIdOfTheRequest = Schema.optionalKey(Schema.String).pipe(
  Schema.encodeTo(Schema.optionalKey(Schema.String), {
    decode: SchemaGetter.passthrough<string>(),
    encode: SchemaGetter.transformOptionalEffect<string, string>((given) =>
      Option.isSome(given)
        ? Effect.succeed(given)
        : Effect.map(CurrentCorrelationId, (id) => (id === undefined ? Option.none() : Option.some(id)))
    )
  })
)

type ReservedMember = "type" | "status" | "title" | "code" | "correlation_id"

/** What a problem says besides the standard members: fields of its own, in snake_case. */
export type ExtraMembers = Schema.Struct.Fields & { readonly [Name in ReservedMember]?: never }

/**
 * Declares a problem (RFC 9457) as an error class, for the contract of a service:
 *
 *     class OrderNotFound extends Problem<OrderNotFound>()("OrderNotFound", {
 *       code: "order_not_found", status: 404, title: "There is no such order."
 *     }) {}
 *
 * An endpoint that lists the class under `error` answers it as `application/problem+json`, shows it in OpenAPI, and its
 * generated client fails with it. Every instance may carry `detail` (what happened this time), `errors` (the fields at
 * fault) and the declared extra `members`; the correlation id is put in by itself. Domain errors know nothing of it: a
 * handler maps them, `Effect.mapError((error) => new OrderNotFound({ detail: ... }))`.
 */
export const Problem =
  <Self = never>() =>
  <
    const Tag extends string,
    const Code extends string,
    const Status extends number,
    const Members extends ExtraMembers = Record<never, never>
  >(
    tag: Tag,
    declaration: {
      /** What callers switch on; stable for ever, snake_case. */
      readonly code: Code
      readonly status: Status
      /** One sentence that is the same every time. */
      readonly title: string
      readonly members?: Members
    }
  ) => {
    const type: `urn:valerix:problem:${Code}` = `urn:valerix:problem:${declaration.code}`
    return HttpApiError.Problem<Self>()(
      tag,
      { type, status: declaration.status, title: declaration.title },
      Object.assign(
        {
          code: Schema.tag(declaration.code),
          errors: Schema.optionalKey(Schema.Array(FieldError)),
          correlation_id: CorrelationIdOfTheRequest
        },
        declaration.members
      )
    )
  }
