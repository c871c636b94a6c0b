import { Option, Schema } from "effect"
import { type Answer, headerOf } from "../wire/Answer.ts"
import { type Broken, isRefusal, type Judged, jsonIn } from "./Judged.ts"

const Problem = Schema.Struct({
  type: Schema.String,
  title: Schema.NonEmptyString,
  status: Schema.Int,
  code: Schema.String.check(Schema.isPattern(/^[a-z][a-z_]*$/)),
  correlation_id: Schema.NonEmptyString,
  detail: Schema.optionalKey(Schema.NonEmptyString),
  errors: Schema.optionalKey(
    Schema.NonEmptyArray(Schema.Struct({ field: Schema.NonEmptyString, message: Schema.NonEmptyString }))
  )
})
export type Problem = typeof Problem.Type

const decode = Schema.decodeUnknownOption(Problem)

export const problemIn = (answer: Answer): Problem | undefined =>
  isRefusal(answer) ? Option.getOrUndefined(decode(jsonIn(answer))) : undefined

/** Every error is a problem document that says what its status line says, and which field is at fault. */
export const problemDocuments = ({ exchange, request }: Judged): ReadonlyArray<Broken> =>
  exchange.answers.filter(isRefusal).flatMap((answer) => {
    const why = faultIn(answer, request.method === "HEAD")
    return why === undefined ? [] : [{ rule: "problem documents", why }]
  })

const faultIn = (answer: Answer, isHead: boolean): string | undefined => {
  const type = headerOf(answer, "content-type")
  if (type?.split(";")[0] !== "application/problem+json") return `${answer.status} came as ${type}`
  if (isHead) return answer.body.length === 0 ? undefined : "an answer to HEAD has a body"
  const problem = problemIn(answer)
  if (problem === undefined) return `no problem document: ${answer.body.toString("latin1", 0, 500)}`
  if (problem.status !== answer.status) return `${answer.status} says that it is ${problem.status}`
  if (problem.type !== `urn:valerix:problem:${problem.code}`) return `${problem.code} is of the type ${problem.type}`
  if (problem.correlation_id !== headerOf(answer, "x-correlation-id")) return "its correlation id is not its header's"
  if (problem.code === "validation_error" && problem.errors === undefined) return "validation_error names no field"
  if (answer.status === 405 && headerOf(answer, "allow") === undefined) return "405 does not say what is allowed"
  return undefined
}
