import { STATUS_CODES } from "node:http"
import { DEMO_ORGANIZATION_ID } from "@valerix/tenancy"
import { Context } from "effect"
import { HttpApi, type HttpApiGroup, OpenApi } from "effect/http-api"
import { describeProblemSchemas, describeProblems } from "./DescribeProblems.ts"
import { headerName } from "./FieldName.ts"
import { addHeader } from "./OperationNotes.ts"
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from "./Page.ts"
import { withPlainSchemas } from "./PlainSchemas.ts"
import { TenantScope } from "./TenantScope.ts"

type Operation = OpenApi.OpenAPISpecOperation

const CORRELATION_PARAMETER: OpenApi.OpenAPISpecParameter = {
  name: "X-Correlation-ID",
  in: "header",
  required: false,
  description: "Joins this request to its log lines, events and problems; made up when absent, and echoed.",
  schema: { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$", examples: ["cart-4711"] }
}

const ORGANIZATION_PARAMETER: OpenApi.OpenAPISpecParameter = {
  name: "X-Organization-ID",
  in: "header",
  required: false,
  description: "The organization that the request acts for; the demo organization when absent.",
  schema: { type: "string", format: "uuid", examples: [DEMO_ORGANIZATION_ID] }
}

/** What parameters that mean the same everywhere say, where a contract says nothing of its own. */
const USUAL: Readonly<Record<string, string>> = {
  limit: "How many items the page has at most.",
  cursor: "Where the page starts: the `next_cursor` of the page before.",
  "Idempotency-Key":
    "The caller's own name for this request, 1 to 255 characters. Sent again with the same key, it has no second effect."
}

const LIMIT_SCHEMA = { type: "integer", minimum: 1, maximum: PAGE_LIMIT_MAX, default: PAGE_LIMIT_DEFAULT }
const ECHO = "The correlation id of the request, given or made up."

/** Puts into an API's OpenAPI document what the door adds to every operation: its headers and its problems. */
export const describeDoor = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): Context.Context<OpenApi.Transform> =>
  Context.make(OpenApi.Transform, (document) => {
    const { openapi, info, paths, components, security, tags } = document
    return described({ ...document, openapi, info, paths, components, security, tags }, tenantOperations(api))
  })

const described = (document: OpenApi.OpenAPISpec, withTenant: ReadonlySet<string>) => {
  describeProblemSchemas(document.components.schemas)
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (operation === undefined) continue
      describe(operation, withTenant.has(operation.operationId))
      describeProblems(operation, document.components.schemas)
      for (const response of Object.values(operation.responses)) addHeader(response, CORRELATION_PARAMETER.name, ECHO)
    }
  }
  for (const tag of document.tags) tag.name = inWords(tag.name)
  return withPlainSchemas(document)
}

const describe = (operation: Operation, hasTenant: boolean): void => {
  operation.summary ??= inWords(operation.operationId.slice(operation.operationId.lastIndexOf(".") + 1))
  const [tag, ...tags] = operation.tags
  operation.tags = [inWords(tag), ...tags.map(inWords)]
  for (const parameter of operation.parameters) {
    if (parameter.in === "header") parameter.name = headerName(parameter.name)
    if (parameter.name === "Idempotency-Key") parameter.schema = { examples: ["key-1"], ...parameter.schema }
    if (parameter.in === "query" && parameter.name === "limit") parameter.schema = LIMIT_SCHEMA
    const description = parameter.description ?? USUAL[parameter.name]
    if (description !== undefined) parameter.description = description
  }
  if (hasTenant) operation.parameters.push({ ...ORGANIZATION_PARAMETER })
  operation.parameters.push({ ...CORRELATION_PARAMETER })
  for (const [status, response] of Object.entries(operation.responses)) {
    if (isUndescribed(response)) response.description = STATUS_CODES[status] ?? "Success"
  }
}

/** Whether an answer is described by no more than the name of its schema. */
const isUndescribed = ({ content, description }: OpenApi.OpenApiSpecResponse): boolean =>
  description === "Success" || content?.["application/json"]?.schema["$ref"] === `#/components/schemas/${description}`

/** An identifier as people read it: placeOrder, "Place order". */
const inWords = (identifier: string): string => {
  const words = identifier.replaceAll("-", " ").replace(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
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
