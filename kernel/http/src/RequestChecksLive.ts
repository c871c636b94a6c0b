import { Context, Effect, Layer } from "effect"
import { HttpMethod, HttpServerRequest } from "effect/http"
import { HttpApiError } from "effect/http-api"
import { everyFault } from "./EndpointFaults.ts"
import type { Place } from "./FieldName.ts"
import { mediaTypeFault } from "./MediaType.ts"
import type { FieldError } from "./Problem.ts"
import { RequestChecks } from "./RequestChecks.ts"
import { FIELD_ERRORS_MAX, fieldErrorsOf } from "./SchemaFieldErrors.ts"
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
    const handled = Effect.catchIf(httpEffect, isRefusal, (error) =>
      Effect.flatMap(faults, (errors) => refuse(errors.length === 0 ? faultsIn(error) : errors))
    )
    const handledUnlessAtFault = Effect.flatMap(faults, (errors) => (errors.length === 0 ? handled : refuse(errors)))
    return Effect.withFiber((fiber) => {
      const request = Context.getUnsafe(fiber.context, HttpServerRequest.HttpServerRequest)
      if (mediaTypes.size > 0) {
        const fault = mediaTypeFault(request, mediaTypes)
        if (fault !== undefined) return Effect.die(new UnsupportedMediaType({ detail: fault }))
      }
      const isSuspect = request.url.includes("%00") || (!takesQuery && request.url.includes("?"))
      return isSuspect ? handledUnlessAtFault : handled
    })
  }
)

const NO_MEDIA_TYPES: ReadonlySet<string> = new Set()

/** Where the parts of a request are that a schema can refuse. A response that it refuses is a fault of ours instead. */
const PLACES: ReadonlyMap<HttpApiError.HttpApiSchemaError["kind"], Place> = new Map([
  ["Params", "path"],
  ["Headers", "header"],
  ["Query", "query"],
  ["Payload", "body"]
])

const isRefusal = (error: unknown): boolean => HttpApiError.HttpApiSchemaError.is(error) && PLACES.has(error.kind)

/** What one refusal says, of a body that is not JSON. */
const faultsIn = (error: unknown): ReadonlyArray<FieldError> =>
  HttpApiError.HttpApiSchemaError.is(error) ? fieldErrorsOf(PLACES.get(error.kind) ?? "body", error.cause) : []

const refuse = (errors: ReadonlyArray<FieldError>): Effect.Effect<never, ValidationError> =>
  Effect.fail(
    errors.length > FIELD_ERRORS_MAX
      ? new ValidationError({
          errors: errors.slice(0, FIELD_ERRORS_MAX),
          detail: `${errors.length} fields are at fault; the first ${FIELD_ERRORS_MAX} are listed.`
        })
      : new ValidationError({ errors })
  )
