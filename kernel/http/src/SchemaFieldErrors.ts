import { type Schema, SchemaIssue } from "effect"
import { fieldName, type Place, quotable } from "./FieldName.ts"
import type { FieldError } from "./Problem.ts"

/** How many fields a problem names at most; a request with more of them at fault is told so in `detail`. */
export const FIELD_ERRORS_MAX = 100

const leafMessage: SchemaIssue.LeafHook = (issue) => {
  switch (issue._tag) {
    case "MissingKey":
      return "is required"
    case "UnexpectedKey":
      return "is not a known field"
    default:
      return asRequirement(SchemaIssue.defaultLeafHook(issue))
  }
}

const checkMessage: SchemaIssue.CheckHook = (issue) => {
  const message = SchemaIssue.defaultCheckHook(issue)
  if (message !== undefined) return message
  const expected: unknown = issue.filter.annotations?.expected
  return typeof expected === "string" ? asRequirement(`Expected ${expected}`) : undefined
}

const NAMES_OF_TYPES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  boolean: "true or false",
  object: "an object",
  array: "an array",
  "an integer": "a whole number"
}

const asRequirement = (message: string): string => {
  if (!message.startsWith("Expected ")) return message
  const expected = message.slice("Expected ".length).replace("a string representing ", "")
  return `must be ${NAMES_OF_TYPES[expected] ?? expected.replaceAll(" | ", " or ")}`
}

const format = SchemaIssue.makeFormatterStandardSchemaV1({ leafHook: leafMessage, checkHook: checkMessage })

/** Every field that a schema found at fault, each with what it must be. Values of the caller are never quoted. */
export const fieldErrorsOf = (place: Place, error: Schema.SchemaError): ReadonlyArray<FieldError> => {
  const seen = new Set<string>()
  const errors: Array<FieldError> = []
  for (const issue of format(error.issue).issues) {
    const path = (issue.path ?? []).map((segment) => (typeof segment === "object" ? segment.key : segment))
    const fieldError = { field: fieldName(place, path), message: quotable(issue.message) }
    const key = `${fieldError.field}\n${fieldError.message}`
    if (!seen.has(key)) {
      seen.add(key)
      errors.push(fieldError)
    }
  }
  return errors
}
