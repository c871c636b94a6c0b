import { Ajv2020 } from "ajv/dist/2020.js"
import type { OpenApi } from "effect/http-api"

/** An answer to one operation as it came. */
export interface Exchange {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly contentType: string | null
  readonly body: unknown
}

const PROBLEM = "application/problem+json"
const METHODS = ["get", "post", "put", "patch", "delete"] as const

/** Holds answers against an OpenAPI document. */
export class Contract {
  private readonly document: OpenApi.OpenAPISpec
  private readonly ajv: Ajv2020

  constructor(document: OpenApi.OpenAPISpec) {
    this.document = document
    this.ajv = new Ajv2020({ strict: false, allErrors: true })
    this.ajv.addFormat("uuid", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    this.ajv.addFormat("date-time", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
    this.ajv.addSchema({ ...document }, "document")
  }

  /** Every operation: its method, its path with the parameters in braces, and whether it takes a body. */
  get operations() {
    return Object.entries(this.document.paths).flatMap(([path, item]) =>
      METHODS.flatMap((method) => {
        const operation = item[method]
        return operation === undefined
          ? []
          : [{ method: method.toUpperCase(), path, operation, takesBody: operation.requestBody !== undefined }]
      })
    )
  }

  /** Everything that is documented: `POST /api/v1/orders 201`, and every problem, `POST /api/v1/orders 402 payment_declined`. */
  get documented(): ReadonlyArray<string> {
    return this.operations.flatMap(({ method, path, operation }) =>
      Object.entries(operation.responses).flatMap(([status, { content }]) => {
        const problems = content?.[PROBLEM]?.schema
        return problems === undefined
          ? [`${method} ${path} ${status}`]
          : this.codesOf(problems).map((code) => `${method} ${path} ${status} ${code}`)
      })
    )
  }

  /** Which documented answer this is. Throws if it is none, or its body is not what the document says. */
  nameOf({ body, contentType, method, path, status }: Exchange): string {
    const found = this.operations.find((one) => one.method === method && matches(one.path, path))
    if (found === undefined) throw new Error(`${method} ${path} is not documented`)
    const name = `${method} ${found.path} ${status}`
    const mediaType = status >= 400 ? PROBLEM : "application/json"
    if (contentType?.split(";")[0] !== mediaType) throw new Error(`${name} came as ${contentType}`)
    const pointer = ["paths", found.path, method.toLowerCase(), "responses", status, "content", mediaType, "schema"]
    const reference = `document#/${pointer.map((part) => String(part).replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`
    if (this.documented.every((one) => one !== name && !one.startsWith(`${name} `)))
      throw new Error(`${name} is not documented: ${JSON.stringify(body)}`)
    if (!this.ajv.validate({ $ref: reference }, body)) {
      throw new Error(`${name} is not as documented: ${this.ajv.errorsText()} in ${JSON.stringify(body)}`)
    }
    return status >= 400 ? `${name} ${codeOf(body)}` : name
  }

  private codesOf(schema: OpenApi.OpenAPISpec["components"]["schemas"][string]): ReadonlyArray<string> {
    const { $ref, anyOf, properties } = schema
    if (typeof $ref === "string") {
      const referred = this.document.components.schemas[$ref.slice("#/components/schemas/".length)]
      return referred === undefined ? [] : this.codesOf(referred)
    }
    if (Array.isArray(anyOf)) return anyOf.flatMap((one) => this.codesOf(one))
    const code: unknown = Object.entries(properties ?? {}).find(([name]) => name === "code")?.[1]
    return typeof code === "object" && code !== null && "enum" in code && Array.isArray(code.enum) ? code.enum : []
  }
}

const matches = (template: string, path: string): boolean =>
  new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`).test(path.split("?")[0] ?? "")

const codeOf = (body: unknown): unknown =>
  typeof body === "object" && body !== null && "code" in body ? body.code : undefined
