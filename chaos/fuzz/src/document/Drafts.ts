import type { Contract, Operation } from "@valerix/testing/contract"
import fc from "fast-check"
import type { Caller } from "../request/Caller.ts"
import type { Draft, FieldValue, HeaderLine, PathPart } from "../request/Draft.ts"
import type { Json, Reference } from "../request/Json.ts"
import { valuesOf } from "./Values.ts"

/** Given by every request or by none, and left to the mutations. */
const GIVEN_ELSEWHERE = new Set(["X-Organization-ID", "X-Correlation-ID"])

/** Requests to one operation that its description allows. */
export const draftsOf = (contract: Contract, operation: Operation): fc.Arbitrary<Draft> => {
  const { method, path, takesBody } = operation
  const { parameters, requestBody } = operation.operation
  const fields = parameters
    .filter(({ name }) => !GIVEN_ELSEWHERE.has(name))
    .map((parameter) => {
      const values = valuesOf(contract, parameter.schema, parameter.name).map((value) => [{ parameter, value }])
      return parameter.required ? values : fc.oneof(fc.constant([]), values)
    })
  const schema = requestBody?.content["application/json"]?.schema
  const bodies = schema === undefined ? fc.constant(undefined) : valuesOf(contract, schema, "")
  const callers = fc.oneof(
    { arbitrary: fc.constant<Caller>("own"), weight: 6 },
    { arbitrary: fc.constant<Caller>("other"), weight: 2 },
    { arbitrary: fc.constant<Caller>("demo"), weight: 1 }
  )
  return fc.record({ caller: callers, given: fc.tuple(...fields), body: bodies }).map(({ body, caller, given }) => {
    const all = given.flat()
    const ofPlace = (place: string) => all.filter(({ parameter }) => parameter.in === place)
    const inPath = new Map(ofPlace("path").map(({ parameter, value }) => [parameter.name, fieldOf(value)]))
    const headers: ReadonlyArray<HeaderLine> = ofPlace("header").map(({ parameter, value }) => [
      parameter.name,
      headerOf(value)
    ])
    return {
      operation,
      caller,
      method,
      path: pathOf(path, inPath),
      query: ofPlace("query").map(({ parameter, value }) => [parameter.name, fieldOf(value)] as const),
      headers: takesBody ? [["Content-Type", "application/json"], ...headers] : headers,
      body,
      encode: undefined,
      wire: undefined,
      delivery: { type: "whole" },
      mustBeRefused: undefined
    }
  })
}

const pathOf = (template: string, values: ReadonlyMap<string, PathPart>): ReadonlyArray<PathPart> =>
  template
    .split(/\{([^}]+)\}/)
    .map((part, at) => (at % 2 === 0 ? part : (values.get(part) ?? part)))
    .filter((part) => part !== "")

/** A value as it stands in a path or a query, where there are no quotes. */
const fieldOf = (value: Json): Reference | Extract<FieldValue, { readonly type: "value" }> => {
  if (value.type === "reference") return value
  const text = value.type === "token" ? value.text : ""
  return { type: "value", text: text.startsWith('"') ? String(JSON.parse(text)) : text }
}

/** A header takes visible ASCII characters only. */
const headerOf = (value: Json): string | Reference => {
  const field = fieldOf(value)
  return field.type === "reference" ? field : field.text.replace(/[^\x21-\x7e]/gu, "x").slice(0, 255) || "x"
}
