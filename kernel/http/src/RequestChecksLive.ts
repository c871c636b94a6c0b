import { Context, Effect, Layer } from "effect"
import { HttpMethod, HttpRouter, HttpServerRequest } from "effect/http"
import { HttpApiError } from "effect/http-api"
import { everyFault } from "./EndpointFaults.ts"
import { fieldName } from "./FieldName.ts"
import { isStorable } from "./JsonScan.ts"
import { mediaTypeFault } from "./MediaType.ts"
import type { FieldError } from "./Problem.ts"
import { RequestChecks } from "./RequestChecks.ts"
import { FIELD_ERRORS_MAX } from "./SchemaFieldErrors.ts"
import { UnsupportedMediaType, ValidationError } from "./StandardProblems.ts"

/**
 * What every endpoint checks besides its schemas: the media type of the body, query fields where none are declared, and
 * characters in path and query that cannot be stored. Whatever is refused, here or by the schemas, becomes one problem
 * that names every field at fault.
 */
export const layerRequestChecks: Layer.Layer<RequestChecks> = Layer.succeed(
  RequestChecks,
  (httpEffect, { endpoint }) => {
    const mediaTypes = HttpMethod.hasBody(endpoint.method) ? new Set(endpoint.payload.keys()) : NO_MEDIA_TYPES
    const takesQuery = endpoint.query !== undefined || (endpoint.payload.size > 0 && mediaTypes === NO_MEDIA_TYPES)
    const faults = everyFault(endpoint)
    const handled = Effect.catchIf(httpEffect, isRefusal, () => Effect.flatMap(faults, refuse))
    return Effect.withFiber((fiber) => {
      const request = Context.getUnsafe(fiber.context, HttpServerRequest.HttpServerRequest)
      if (mediaTypes.size > 0) {
        const fault = mediaTypeFault(request, mediaTypes)
        if (fault !== undefined) return Effect.die(new UnsupportedMediaType({ detail: fault }))
      }
      if (!takesQuery && request.url.includes("?")) {
        const unknown = Object.keys(Context.getUnsafe(fiber.context, HttpServerRequest.ParsedSearchParams))
        if (unknown.length > 0) {
          return refuse(unknown.map((name) => ({ field: fieldName("query", [name]), message: "is not a known field" })))
        }
      }
      return request.url.includes("%00") ? Effect.andThen(refuseUnstorable, handled) : handled
    })
  }
)

const NO_MEDIA_TYPES: ReadonlySet<string> = new Set()

const REQUEST_PARTS: ReadonlySet<HttpApiError.HttpApiSchemaError["kind"]> = new Set([
  "Params",
  "Headers",
  "Query",
  "Payload"
])

/** Whether a schema refused a part of the request; a response that cannot be encoded is a fault of ours instead. */
const isRefusal = (error: unknown): boolean =>
  HttpApiError.HttpApiSchemaError.is(error) && REQUEST_PARTS.has(error.kind)

const refuse = (errors: ReadonlyArray<FieldError>): Effect.Effect<never, ValidationError> =>
  Effect.fail(
    errors.length > FIELD_ERRORS_MAX
      ? new ValidationError({
          errors: errors.slice(0, FIELD_ERRORS_MAX),
          detail: `${errors.length} fields are at fault; the first ${FIELD_ERRORS_MAX} are listed.`
        })
      : new ValidationError({ errors })
  )

/** Refuses a request whose path or query holds a NUL character. */
const refuseUnstorable = Effect.gen(function* () {
  const { params } = yield* HttpRouter.RouteContext
  const query = yield* HttpServerRequest.ParsedSearchParams
  const errors = [...namesOfUnstorable("path", params), ...namesOfUnstorable("query", query)]
  if (errors.length > 0) yield* refuse(errors)
})

const namesOfUnstorable = (
  place: "path" | "query",
  values: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
): ReadonlyArray<FieldError> =>
  Object.entries(values)
    .filter(([, value]) => ![value].flat().every((text) => text === undefined || isStorable(text)))
    .map(([name]) => ({ field: fieldName(place, [name]), message: "must not have NUL characters" }))
