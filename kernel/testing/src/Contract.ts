import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import { Schema } from "effect"

/** An answer to one operation as it came. */
export interface Exchange {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly contentType: string | null
  readonly body: unknown
}

/** A JSON Schema of the document. */
export const JsonSchema = Schema.Record(Schema.String, Schema.Unknown)
export type JsonSchema = typeof JsonSchema.Type

const Content = Schema.Record(
  Schema.String,
  Schema.Struct({
    schema: JsonSchema,
    examples: Schema.optionalKey(Schema.Record(Schema.String, Schema.Struct({ value: Schema.Unknown })))
  })
)

const OperationObject = Schema.Struct({
  operationId: Schema.String,
  summary: Schema.optionalKey(Schema.String),
  parameters: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      in: Schema.Literals(["path", "query", "header"]),
      required: Schema.Boolean,
      description: Schema.optionalKey(Schema.String),
      schema: JsonSchema
    })
  ),
  requestBody: Schema.optionalKey(Schema.Struct({ content: Content })),
  responses: Schema.Record(
    Schema.String,
    Schema.Struct({
      description: Schema.String,
      content: Schema.optionalKey(Content),
      headers: Schema.optionalKey(JsonSchema)
    })
  )
})

const Document = Schema.Struct({
  paths: Schema.Record(Schema.String, Schema.Record(Schema.String, OperationObject)),
  components: Schema.Struct({ schemas: Schema.Record(Schema.String, JsonSchema) })
})
const decodeDocument = Schema.decodeUnknownSync(Document)

/** One operation of the document: its method, and its path with the parameters in braces. */
export interface Operation {
  readonly method: string
  readonly path: string
  readonly operation: typeof OperationObject.Type
  readonly takesBody: boolean
}

const JSON_TYPE = "application/json"
const PROBLEM = "application/problem+json"
const SCHEMAS = "#/components/schemas/"

/** An OpenAPI document, to hold requests and answers against. Throws when it is none. */
export class Contract {
  /** Every operation that the document has. */
  readonly operations: ReadonlyArray<Operation>
  /** Everything that is documented: `POST /api/v1/orders 201`, and every problem, `POST /api/v1/orders 402 payment_declined`. */
  readonly documented: ReadonlyArray<string>
  private readonly document: typeof Document.Type
  private readonly ajv: Ajv2020
  private readonly templates: ReadonlyArray<{ readonly operation: Operation; readonly pattern: RegExp }>
  private readonly statuses: ReadonlySet<string>
  private readonly validators = new Map<string, ValidateFunction>()

  constructor(document: object) {
    this.document = decodeDocument(document)
    this.ajv = new Ajv2020({ strict: false, allErrors: true })
    this.ajv.addFormat("uuid", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    this.ajv.addFormat("date-time", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
    this.ajv.addSchema({ ...document }, "document")
    this.operations = Object.entries(this.document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
        takesBody: operation.requestBody !== undefined
      }))
    )
    // A path without parameters goes before one whose parameter would take its place.
    this.templates = this.operations
      .map((operation) => ({ operation, pattern: patternOf(operation.path) }))
      .sort((one, other) => parametersIn(one.operation.path) - parametersIn(other.operation.path))
    this.documented = this.operations.flatMap(({ method, path, operation }) =>
      Object.entries(operation.responses).flatMap(([status, { content }]) => {
        const problems = content?.[PROBLEM]?.schema
        return problems === undefined
          ? [`${method} ${path} ${status}`]
          : this.codesOf(problems).map((code) => `${method} ${path} ${status} ${code}`)
      })
    )
    this.statuses = new Set(this.documented.map((name) => name.split(" ").slice(0, 3).join(" ")))
  }

  /** The operation that a method and a path, its query left out, belong to. */
  operationAt(method: string, path: string): Operation | undefined {
    const bare = path.split("?")[0] ?? ""
    return this.templates.find(({ operation, pattern }) => operation.method === method && pattern.test(bare))?.operation
  }

  /** Which documented answer this is. Throws if it is none, or its body is not what the document says. */
  nameOf({ body, contentType, method, path, status }: Exchange): string {
    const found = this.operationAt(method, path)
    if (found === undefined) throw new Error(`${method} ${path} is not documented`)
    const name = `${method} ${found.path} ${status}`
    const mediaType = status >= 400 ? PROBLEM : JSON_TYPE
    if (contentType?.split(";")[0] !== mediaType) throw new Error(`${name} came as ${contentType}`)
    if (!this.statuses.has(name)) throw new Error(`${name} is not documented: ${JSON.stringify(body)}`)
    const pointer = [
      "paths",
      found.path,
      method.toLowerCase(),
      "responses",
      String(status),
      "content",
      mediaType,
      "schema"
    ]
    const fault = this.faultOf(pointer, body)
    if (fault !== undefined) throw new Error(`${name} is not as documented: ${fault} in ${JSON.stringify(body)}`)
    return status >= 400 ? `${name} ${codeOf(body)}` : name
  }

  /** What the document does not allow in a body that is sent to an operation; none if it is allowed. */
  faultInBody({ method, path, takesBody }: Operation, body: unknown): string | undefined {
    if (!takesBody) return undefined
    return this.faultOf(["paths", path, method.toLowerCase(), "requestBody", "content", JSON_TYPE, "schema"], body)
  }

  /** A schema itself, where a reference stands for it. */
  resolved(schema: JsonSchema): JsonSchema {
    const { $ref } = schema
    const referred = typeof $ref === "string" ? this.document.components.schemas[$ref.slice(SCHEMAS.length)] : undefined
    return referred === undefined ? schema : this.resolved(referred)
  }

  private faultOf(pointer: ReadonlyArray<string>, value: unknown): string | undefined {
    const reference = `document#/${pointer.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`
    const known = this.validators.get(reference)
    const validate = known ?? this.ajv.compile({ $ref: reference })
    if (known === undefined) this.validators.set(reference, validate)
    return validate(value) ? undefined : this.ajv.errorsText(validate.errors)
  }

  private codesOf(schema: JsonSchema): ReadonlyArray<string> {
    const { anyOf, properties } = this.resolved(schema)
    if (Array.isArray(anyOf)) return anyOf.flatMap((one) => this.codesOf(one))
    const code: unknown = Object.entries(properties ?? {}).find(([name]) => name === "code")?.[1]
    return typeof code === "object" && code !== null && "enum" in code && Array.isArray(code.enum) ? code.enum : []
  }
}

const patternOf = (template: string): RegExp => new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`)

const parametersIn = (template: string): number => template.split("{").length

const codeOf = (body: unknown): unknown =>
  typeof body === "object" && body !== null && "code" in body ? body.code : undefined
