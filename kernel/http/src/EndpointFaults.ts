import { Effect, Schema, type SchemaAST } from "effect"
import { HttpMethod, HttpRouter, HttpServerRequest } from "effect/http"
import type { HttpApiEndpoint } from "effect/http-api"
import { fieldName, type Place } from "./FieldName.ts"
import { isStorable } from "./JsonScan.ts"
import type { FieldError } from "./Problem.ts"
import { malformed } from "./RequestBody.ts"
import { fieldErrorsOf } from "./SchemaFieldErrors.ts"
import { LENIENT, STRICT } from "./StrictParsing.ts"

type Faults<R> = Effect.Effect<ReadonlyArray<FieldError>, never, R>

type RequestServices =
  | HttpServerRequest.HttpServerRequest
  | HttpServerRequest.ParsedSearchParams
  | HttpRouter.RouteContext

const none: Faults<never> = Effect.succeed([])

/**
 * Every field of a request that an endpoint refuses, wherever it is: path, headers, query and body. The platform stops
 * at the first of these places, so this decodes all of them again; it is for requests that are refused anyway. Dies
 * with MalformedJson when the body cannot be read at all.
 */
export const everyFault = (endpoint: HttpApiEndpoint.Top): Faults<RequestServices> => {
  const { params, headers, query, method, payload } = endpoint
  const isQueryInPayload = !HttpMethod.hasBody(method) && payload.size > 0
  const faults = Effect.all([
    unstorableFaults,
    params === undefined
      ? none
      : Effect.flatMap(HttpRouter.RouteContext, (route) => decoding("path", params, LENIENT)(route.params)),
    headers === undefined
      ? none
      : Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
          decoding("header", headers, LENIENT)(request.headers)
        ),
    query !== undefined ? queryFaults(query) : isQueryInPayload ? none : undeclaredQueryFaults,
    payloadFaults(endpoint)
  ])
  return Effect.map(faults, (places) => places.flat())
}

const queryFaults = (schema: Schema.Constraint): Faults<RequestServices> => {
  const decode = decoding("query", Schema.toCodecArrayFromSingle(schema), STRICT)
  return Effect.flatMap(HttpServerRequest.ParsedSearchParams, decode)
}

/** The query of an endpoint that declares none. */
const undeclaredQueryFaults: Faults<RequestServices> = Effect.map(HttpServerRequest.ParsedSearchParams, (query) =>
  Object.keys(query).map((name) => ({ field: fieldName("query", [name]), message: "is not a known field" }))
)

/** NUL characters in path and query, which the database cannot store. */
const unstorableFaults: Faults<RequestServices> = Effect.gen(function* () {
  const { params } = yield* HttpRouter.RouteContext
  const query = yield* HttpServerRequest.ParsedSearchParams
  return [...namesOfUnstorable("path", params), ...namesOfUnstorable("query", query)]
})

const namesOfUnstorable = (
  place: Place,
  values: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
): ReadonlyArray<FieldError> =>
  Object.entries(values)
    .filter(([name, value]) => ![name, value].flat().every((text) => text === undefined || isStorable(text)))
    .map(([name]) => ({ field: fieldName(place, [name]), message: "must not have NUL characters" }))

/** Endpoints do not tell the type system which services their schemas need; at run time the request's fiber has them. */
const decoding = (place: Place, schema: Schema.Constraint, options: SchemaAST.ParseOptions) => {
  const decode = Schema.decodeUnknownEffect(Schema.make<Schema.Decoder<unknown>>(schema.ast), options)
  return (input: unknown): Faults<never> =>
    Effect.matchEager(decode(input), {
      onFailure: (error) => fieldErrorsOf(place, error),
      onSuccess: () => []
    })
}

const payloadFaults = (endpoint: HttpApiEndpoint.Top): Faults<RequestServices> => {
  const inBody = HttpMethod.hasBody(endpoint.method)
  for (const { encoding, schemas } of endpoint.payload.values()) {
    if (!inBody) return queryFaults(Schema.Union(schemas))
    if (encoding._tag === "Json") {
      const decode = decoding("body", Schema.Union(schemas), STRICT)
      return Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
        Effect.flatMap(Effect.orDie(request.text), (text) => jsonFaults(text, decode))
      )
    }
  }
  return none
}

const jsonFaults = (text: string, decode: (input: unknown) => Faults<never>): Faults<never> => {
  if (text === "") return emptyFaults(decode)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return Effect.die(malformed(text))
  }
  return decode(value)
}

/** A body that is not there is read as nothing or as null, whichever the schema takes. */
const emptyFaults = (decode: (input: unknown) => Faults<never>): Faults<never> =>
  Effect.map(Effect.all([decode(undefined), decode(null)]), (readings) =>
    readings.some((errors) => errors.length === 0) ? [] : [{ field: "body", message: "is required" }]
  )
