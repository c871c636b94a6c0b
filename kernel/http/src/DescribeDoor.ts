import { Context } from "effect"
import { HttpApi, type HttpApiGroup, OpenApi } from "effect/http-api"
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from "./Page.ts"
import { BodyTooLarge, MalformedJson, UnsupportedMediaType } from "./StandardProblems.ts"
import { TenantScope } from "./TenantScope.ts"

type Operation = OpenApi.OpenAPISpecOperation

const PROBLEM = { $ref: "#/components/schemas/Problem" }

/** What every problem document has, for those that no endpoint declares. */
const PROBLEM_SCHEMA = {
  type: "object",
  description: "A problem document (RFC 9457). Switch on code; it is stable.",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string" },
    detail: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { field: { type: "string" }, message: { type: "string" } },
        required: ["field", "message"]
      }
    },
    correlation_id: { type: "string" }
  },
  required: ["type", "title", "status", "code"]
}

const CORRELATION_PARAMETER: OpenApi.OpenAPISpecParameter = {
  name: "X-Correlation-ID",
  in: "header",
  required: false,
  description: "Joins this request to its log lines, events and problems; made up when absent, and echoed.",
  schema: { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$" }
}

const ORGANIZATION_PARAMETER: OpenApi.OpenAPISpecParameter = {
  name: "X-Organization-ID",
  in: "header",
  required: false,
  description: "The organization that the request acts for.",
  schema: { type: "string", format: "uuid" }
}

const LIMIT_SCHEMA = { type: "integer", minimum: 1, maximum: PAGE_LIMIT_MAX, default: PAGE_LIMIT_DEFAULT }

/** Puts into an API's OpenAPI document what the door adds to every operation: its headers and its problems. */
export const describeDoor = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): Context.Context<OpenApi.Transform> =>
  Context.make(OpenApi.Transform, (document) => {
    const { openapi, info, paths, components, security, tags } = document
    return described({ ...document, openapi, info, paths, components, security, tags }, tenantOperations(api))
  })

const described = (document: OpenApi.OpenAPISpec, withTenant: ReadonlySet<string>) => {
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (operation !== undefined) describe(operation, withTenant.has(operation.operationId))
    }
  }
  document.components.schemas.Problem = PROBLEM_SCHEMA
  return withPlainNames(document)
}

const describe = (operation: Operation, hasTenant: boolean): void => {
  if (hasTenant) operation.parameters.push(ORGANIZATION_PARAMETER)
  operation.parameters.push(CORRELATION_PARAMETER)
  for (const parameter of operation.parameters) {
    if (parameter.in === "query" && parameter.name === "limit") parameter.schema = LIMIT_SCHEMA
  }
  if (operation.requestBody === undefined) return
  const malformed = new MalformedJson()
  const declared = operation.responses[malformed.status]?.content?.["application/problem+json"]?.schema
  operation.responses[malformed.status] = {
    description: `The request has fields that cannot be accepted (validation_error). ${malformed.title} (${malformed.code})`,
    content: {
      "application/problem+json": { schema: declared === undefined ? PROBLEM : { anyOf: [declared, PROBLEM] } }
    }
  }
  for (const { status, title } of [new BodyTooLarge(), new UnsupportedMediaType()]) {
    operation.responses[status] ??= { description: title, content: { "application/problem+json": { schema: PROBLEM } } }
  }
}

const tenantOperations = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): ReadonlySet<string> => {
  const operations = new Set<string>()
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ group, endpoint, middleware }) => {
      const name = group.topLevel ? endpoint.identifier : `${group.identifier}.${endpoint.identifier}`
      if ([...middleware].some(({ key }) => key === TenantScope.key)) operations.add(name)
    }
  })
  return operations
}

/** Schemas of classes are named for their encoded side, `OrderEncoded`; readers of the document know only that side. */
const withPlainNames = (document: OpenApi.OpenAPISpec): Record<string, unknown> => {
  const { schemas } = document.components
  const renamed = Object.keys(schemas).filter((name) => /.Encoded$/.test(name) && !(name.slice(0, -7) in schemas))
  let text = JSON.stringify(document)
  for (const name of renamed) {
    text = text
      .replaceAll(`"#/components/schemas/${name}"`, `"#/components/schemas/${name.slice(0, -7)}"`)
      .replaceAll(`"${name}":`, `"${name.slice(0, -7)}":`)
  }
  const plain: Record<string, unknown> = JSON.parse(text)
  return plain
}
