import type { Contract, JsonSchema } from "@valerix/testing/contract"
import fc from "fast-check"
import { type Json, jsonOf, member, type ReferenceTo, textToken, token } from "../request/Json.ts"

const NOT_BLANK = "\\S"
const ITEMS_MAX = 4
const INDEX_MAX = 1_000
const NESTING_MAX = 3

/** The fields that name something that is there; what else they may hold is left to the mutations. */
const REFERENCES: Readonly<Record<string, ReferenceTo>> = {
  order_id: "order",
  product_id: "product",
  sku: "sku",
  customer_id: "customer",
  payment_id: "payment",
  cursor: "cursor",
  version: "version",
  "Idempotency-Key": "key"
}

const index = fc.nat(INDEX_MAX)

/** An amount has the decimals of its currency, which no schema says; most are in the currency of what there is to order. */
const money: fc.Arbitrary<Json> = fc
  .tuple(fc.nat(99_999), fc.constantFrom("EUR", "EUR", "EUR", "USD", "JPY", "KWD"))
  .map(([minor, currency]) => {
    const decimals = currency === "JPY" ? 0 : currency === "KWD" ? 3 : 2
    return jsonOf({ amount: ((minor + 1) / 10 ** decimals).toFixed(decimals), currency })
  })

/**
 * Any value that a schema of the document allows, as it is said there. In three of four times a field that names something
 * names what is there.
 */
export const valuesOf = (contract: Contract, schema: JsonSchema, name: string, depth = 0): fc.Arbitrary<Json> => {
  const to = REFERENCES[name]
  const any = anyOf(contract, contract.resolved(schema), depth)
  if (to === undefined) return any
  // What only the program can have written is described nowhere.
  if (to === "cursor") return index.map((which): Json => ({ type: "reference", to, index: which }))
  return fc.oneof({ arbitrary: index.map((which): Json => ({ type: "reference", to, index: which })), weight: 3 }, any)
}

const anyOf = (contract: Contract, schema: JsonSchema, depth: number): fc.Arbitrary<Json> => {
  const { enum: literals, anyOf: choices, oneOf: exclusive, type } = schema
  if (Array.isArray(literals)) return fc.constantFrom(...literals).map(jsonOf)
  const alternatives = Array.isArray(choices) ? choices : Array.isArray(exclusive) ? exclusive : []
  if (alternatives.length > 0) {
    const { anyOf: _any, oneOf: _one, ...common } = schema
    const rivals = (one: JsonSchema) => (exclusive === undefined ? [] : alternatives.filter((other) => other !== one))
    return fc.oneof(
      ...alternatives.map((one) => anyOf(contract, both(common, contract.resolved(one), rivals(one)), depth))
    )
  }
  switch (type) {
    case "object":
      return objectsOf(contract, schema, depth)
    case "array":
      return arraysOf(contract, schema, depth)
    case "string":
      return textsOf(schema).map(textToken)
    case "integer":
      return fc.integer(boundsOf(schema)).map((value) => token(String(value)))
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map(jsonOf)
    case "boolean":
      return fc.boolean().map(jsonOf)
    case "null":
      return fc.constant(token("null"))
    default:
      return anyJson
  }
}

/** A schema and one of its alternatives; of an object that is no other alternative, what only that one requires is left out. */
const both = (common: JsonSchema, one: JsonSchema, rivals: ReadonlyArray<JsonSchema>): JsonSchema => {
  const required = [...textsIn(common["required"]), ...textsIn(one["required"])]
  const elsewhere = new Set(rivals.flatMap((rival) => textsIn(rival["required"])))
  const properties = Object.entries({ ...Object(common["properties"]), ...Object(one["properties"]) }).filter(
    ([name, of]) => of !== false && (required.includes(name) || !elsewhere.has(name))
  )
  return properties.length === 0
    ? { ...common, ...one }
    : { ...common, ...one, required, properties: Object.fromEntries(properties) }
}

const textsIn = (value: unknown): ReadonlyArray<string> =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : []

const number = (value: unknown, otherwise: number): number => (typeof value === "number" ? value : otherwise)

const boundsOf = ({ maximum, minimum }: JsonSchema) => ({
  min: number(minimum, Number.MIN_SAFE_INTEGER),
  max: number(maximum, Number.MAX_SAFE_INTEGER)
})

/** Texts of a schema: those of its pattern, or any, in all scripts, also as long as they may be. */
export const textsOf = ({ format, maxLength, minLength, pattern }: JsonSchema): fc.Arbitrary<string> => {
  const min = number(minLength, 0)
  const max = number(maxLength, 64)
  if (typeof pattern === "string" && pattern !== NOT_BLANK) {
    return fc.stringMatching(new RegExp(pattern, "u"), { maxLength: max })
  }
  if (format === "date-time") {
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("2100-01-01") }).map((at) => at.toISOString())
  }
  const texts = fc.string({ unit: "binary", minLength: min, maxLength: Math.min(max, min + 24) })
  const longest = fc.constantFrom("x", "ä", "字", "😀").map((character) => character.repeat(max))
  return fc
    .oneof({ arbitrary: texts, weight: 9 }, longest)
    .map((text) => text.replaceAll("\0", "0"))
    .filter((text) => pattern !== NOT_BLANK || /\S/u.test(text))
}

const objectsOf = (contract: Contract, schema: JsonSchema, depth: number): fc.Arbitrary<Json> => {
  const properties = Object.entries(Object(schema["properties"] ?? {}))
  const required: ReadonlyArray<unknown> = Array.isArray(schema["required"]) ? schema["required"] : []
  if (properties.map(([name]) => name).join() === "amount,currency") return money
  if (properties.length === 0) {
    return fc.dictionary(fc.string({ maxLength: 8 }).filter(isUsualKey), anyJson, { maxKeys: 3 }).map(
      (members): Json => ({
        type: "object",
        members: Object.entries(members).map(([name, value]) => member(name, value))
      })
    )
  }
  const members = properties.map(([name, of]) => {
    const values = valuesOf(contract, Object(of), name, depth + 1).map((value) => [member(name, value)])
    if (required.includes(name)) return values
    return fc.oneof({ arbitrary: fc.constant([]), weight: depth === 0 ? 2 : 1 }, values)
  })
  const least = number(schema["minProperties"], 0)
  return fc
    .tuple(...members)
    .filter((some) => some.flat().length >= least)
    .map((some): Json => ({ type: "object", members: some.flat() }))
}

/** Documents of the caller's own may hold anything but one key, which no schema says of what lies deeper. */
const anyJson = fc
  .jsonValue({ maxDepth: NESTING_MAX })
  .map((value) => jsonOf(JSON.parse(JSON.stringify(value).replaceAll('"__proto__"', '"proto"'))))

const isUsualKey = (key: string): boolean => key !== "__proto__"

const arraysOf = (contract: Contract, { items, maxItems, minItems }: JsonSchema, depth: number) =>
  fc
    .array(valuesOf(contract, Object(items ?? {}), "", depth + 1), {
      minLength: number(minItems, 0),
      maxLength: Math.min(number(maxItems, ITEMS_MAX), ITEMS_MAX)
    })
    .map((some): Json => ({ type: "array", items: some }))
