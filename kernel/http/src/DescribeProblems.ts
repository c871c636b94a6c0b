import { Option, Schema } from "effect"
import type { OpenApi } from "effect/http-api"
import { addHeader } from "./OperationNotes.ts"
import { BodyTooLarge, MalformedJson, RequestTimeout, UnsupportedMediaType } from "./StandardProblems.ts"

type Operation = OpenApi.OpenAPISpecOperation
type Schemas = OpenApi.OpenAPISpec["components"]["schemas"]

const MEDIA_TYPE = "application/problem+json"
const POINTER = "#/components/schemas/"

/** What the door answers an operation that takes a body, and no endpoint declares. */
const OF_BODIES = { MalformedJson, RequestTimeout, BodyTooLarge, UnsupportedMediaType }

/** Adds the schemas of the problems that the door answers by itself, and says of every problem what it always has. */
export const describeProblemSchemas = (schemas: Schemas): void => {
  for (const [name, Problem] of Object.entries(OF_BODIES)) {
    const { code, status, title, type } = new Problem()
    schemas[name] = {
      type: "object",
      properties: {
        type: { type: "string", enum: [type] },
        title: { type: "string", enum: [title] },
        status: { type: "integer", enum: [status] },
        code: { type: "string", enum: [code] },
        detail: { type: "string" },
        correlation_id: { type: "string" }
      },
      required: [],
      additionalProperties: false
    }
  }
  for (const schema of Object.values(schemas)) {
    const problem = Option.getOrUndefined(readProblem(schema))
    if (problem === undefined) continue
    schema["description"] = problem.properties.title.enum[0]
    schema["required"] = [...new Set([...ALWAYS, ...problem.required])]
  }
}

const ALWAYS = ["type", "title", "status", "code", "correlation_id"]

const only = <S extends Schema.Constraint>(value: S) => Schema.Struct({ enum: Schema.Tuple([value]) })
const readProblem = Schema.decodeUnknownOption(
  Schema.Struct({
    properties: Schema.Struct({ title: only(Schema.String), status: only(Schema.Number), code: only(Schema.String) }),
    required: Schema.Array(Schema.String)
  })
)

/** Adds the door's problems to an operation, and tells by their codes what each status can mean. */
export const describeProblems = ({ requestBody, responses }: Operation, schemas: Schemas): void => {
  if (requestBody !== undefined) {
    for (const [name, Problem] of Object.entries(OF_BODIES)) {
      const { status } = new Problem()
      const response = responses[status] ?? { description: "" }
      responses[status] = response
      const declared = response.content?.[MEDIA_TYPE]?.schema
      response.content = {
        ...response.content,
        [MEDIA_TYPE]: { schema: { anyOf: [...(declared === undefined ? [] : [declared]), { $ref: POINTER + name }] } }
      }
    }
  }
  for (const [status, response] of Object.entries(responses)) {
    const problems = response.content?.[MEDIA_TYPE]
    if (problems === undefined) continue
    const names = [...new Set(namesIn(problems.schema))]
    const references = names.map((name) => ({ $ref: POINTER + name }))
    problems.schema = references.length === 1 ? { ...references[0] } : { anyOf: references }
    response.description = names.map((name) => meaningOf(schemas[name])).join(" ")
    if (status === "503") addHeader(response, "Retry-After", "After how many seconds to send the same request again.")
  }
}

/** The schemas that a union of problems refers to. */
const namesIn = (schema: Readonly<Record<string, unknown>>): ReadonlyArray<string> => {
  const { $ref, anyOf } = schema
  if (typeof $ref === "string") return [$ref.slice(POINTER.length)]
  return Array.isArray(anyOf) ? anyOf.flatMap((one) => namesIn(one)) : []
}

const meaningOf = (schema: Schemas[string] | undefined): string =>
  Option.match(readProblem(schema), {
    onNone: () => "",
    onSome: ({ properties: { code, title } }) => `${code.enum[0]}: ${title.enum[0]}`
  })
