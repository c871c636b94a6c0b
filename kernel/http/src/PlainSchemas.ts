import type { OpenApi } from "effect/http-api"

type JsonObject = Readonly<Record<string, unknown>>

const EXAMPLE_ID = "01900000-0000-7000-8000-00000000002a"

/** How every id is written: a UUID version 7 in lower case. */
const ID = {
  type: "string",
  format: "uuid",
  pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
  examples: [EXAMPLE_ID]
}

const TIME = { type: "string", format: "date-time" }

/**
 * The document with its schemas as people write them. The generator names those of classes for their encoded side,
 * `OrderEncoded`; bounds whole numbers by what JavaScript can hold; writes an id as three conditions, and every
 * condition after the first in a list of its own; and knows a time only as text. Fields that end in `_at` are times.
 */
export const withPlainSchemas = (document: OpenApi.OpenAPISpec): Record<string, unknown> => {
  const { schemas } = document.components
  const renamed = Object.keys(schemas).filter((name) => /.Encoded$/.test(name) && !(name.slice(0, -7) in schemas))
  let text = JSON.stringify(document)
  for (const name of renamed) {
    text = text
      .replaceAll(`"#/components/schemas/${name}"`, `"#/components/schemas/${name.slice(0, -7)}"`)
      .replaceAll(`"${name}":`, `"${name.slice(0, -7)}":`)
  }
  const plain: Record<string, unknown> = JSON.parse(text, plainly)
  return plain
}

const plainly = (key: string, value: unknown): unknown => {
  if (key === "minimum" && value === Number.MIN_SAFE_INTEGER) return undefined
  if (key === "maximum" && value === Number.MAX_SAFE_INTEGER) return undefined
  if (!isObject(value)) return value
  if (value["format"] === "uuid" && "allOf" in value) return ID
  const together = withConditions(value)
  return key.endsWith("_at") ? asTime(together) : together
}

/** The schema with the conditions of its `allOf` in it, where none is about something that another is about. */
const withConditions = (schema: JsonObject): JsonObject => {
  const { allOf, ...own } = schema
  if (!Array.isArray(allOf)) return schema
  const parts = [own, ...allOf]
  const keys = parts.flatMap((part) => Object.keys(Object(part)))
  return new Set(keys).size === keys.length ? Object.assign({}, ...parts) : schema
}

/** The schema of a time, or of a time that may be missing. */
const asTime = (schema: JsonObject): JsonObject => {
  const { anyOf, type } = schema
  if (type === "string") return { ...schema, ...TIME }
  return Array.isArray(anyOf) ? { ...schema, anyOf: anyOf.map((one) => (isObject(one) ? asTime(one) : one)) } : schema
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
