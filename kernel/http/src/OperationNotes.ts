import type { Context } from "effect"
import { OpenApi } from "effect/http-api"

/** What people read about a header or a query field of a request. */
export interface ParameterNotes {
  readonly description: string
  readonly example?: string
  /** Where the schema lets it be missing only so that its absence is a problem with a code of its own. */
  readonly required?: boolean
  /** What it has to be, where the schema reads more than that so that the rest is a problem with a code of its own. */
  readonly schema?: Readonly<Record<string, unknown>>
}

/** What people read about an answer of one status. */
export interface AnswerNotes {
  readonly description?: string
  /** Headers that it has, or may have, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What people read about an operation, besides what its schemas say. */
export interface OperationNotes {
  /** A few words, without a full stop. */
  readonly summary: string
  readonly description?: string
  /** Headers and query fields of the request, by their names in the contract. */
  readonly parameters?: Readonly<Record<string, ParameterNotes>>
  readonly answers?: Readonly<Record<number, AnswerNotes>>
  /** Bodies that it takes, by name. */
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>
}

/**
 * The annotations that put notes into the OpenAPI document. For an endpoint: `.annotateMerge(notes({ summary: ... }))`.
 * A note about a parameter or an answer that the endpoint does not have is a defect when the document is made.
 */
export const notes = (about: OperationNotes): Context.Context<never> => {
  const { description, summary } = about
  return OpenApi.annotations({
    summary,
    ...(description === undefined ? {} : { description }),
    transform: (operation) => {
      const { parameters, requestBody, responses } = operation
      return { ...operation, ...annotated({ parameters, requestBody, responses }, about) }
    }
  })
}

type Noted = Pick<OpenApi.OpenAPISpecOperation, "parameters" | "responses" | "requestBody">

const annotated = (given: Noted, { answers, examples, parameters }: OperationNotes): Noted => {
  const operation = structuredClone(given)
  for (const [name, note] of Object.entries(parameters ?? {})) {
    const parameter = present(operation.parameters.find((one) => one.name === name))
    const { description, example, required = parameter.required, schema = parameter.schema } = note
    Object.assign(parameter, { description, required, schema })
    if (example !== undefined) parameter.schema = { ...parameter.schema, examples: [example] }
  }
  for (const [status, { description, headers = {} }] of Object.entries(answers ?? {})) {
    const answer = present(operation.responses[Number(status)])
    if (description !== undefined) answer.description = description
    for (const [name, says] of Object.entries(headers)) addHeader(answer, name, says)
  }
  if (examples !== undefined) Object.assign(present(operation.requestBody?.content["application/json"]), { examples })
  return operation
}

const present = <A>(found: A | undefined): A => {
  if (found === undefined) throw new Error("There is a note about something that the operation does not have.")
  return found
}

/** Says that an answer has, or may have, a header. */
export const addHeader = (answer: OpenApi.OpenApiSpecResponse, name: string, description: string): void => {
  answer.headers = { ...answer.headers, [name]: { description, schema: { type: "string" }, required: false } }
}
