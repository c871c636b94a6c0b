import type { Contract } from "@valerix/testing/contract"
import { type Answer, headerOf } from "../wire/Answer.ts"
import { parsedJson } from "../wire/ParsedJson.ts"
import { type Broken, isRefusal, type Judged, jsonIn } from "./Judged.ts"
import { problemIn } from "./ProblemDocuments.ts"

/** What the door answers of itself, wherever: it is described nowhere but here. */
const ANYWHERE = new Set([
  "route_not_found",
  "method_not_allowed",
  "malformed_request",
  "headers_too_large",
  "request_timeout",
  "body_too_large"
])

/** Answers are as the document says, and so is what is accepted and refused. */
export const asDescribed =
  (contract: Contract) =>
  (judged: Judged): ReadonlyArray<Broken> => {
    const { draft, exchange, isUnchanged, request } = judged
    const [answer] = exchange.answers
    if (answer === undefined || !request.isWellFormed) return []
    const operation = contract.operationAt(request.method, request.target)
    const isMeant = operation === draft.operation
    return [
      ...answeredAsDescribed(contract, judged, answer),
      ...(isMeant ? acceptedAsDescribed(contract, judged, answer) : []),
      ...(isMeant && isUnchanged ? promised(answer) : [])
    ]
  }

const answeredAsDescribed = (contract: Contract, { request }: Judged, answer: Answer): ReadonlyArray<Broken> => {
  const code = problemIn(answer)?.code
  if (request.method === "HEAD" || (code !== undefined && ANYWHERE.has(code))) return []
  if (contract.operationAt(request.method, request.target) === undefined) return []
  try {
    contract.nameOf({
      method: request.method,
      path: request.target,
      status: answer.status,
      contentType: headerOf(answer, "content-type") ?? null,
      body: jsonIn(answer)
    })
    return []
  } catch (error) {
    return [{ rule: "answers as described", why: String(error).slice(0, 1_000) }]
  }
}

const acceptedAsDescribed = (contract: Contract, { draft, request }: Judged, answer: Answer): ReadonlyArray<Broken> => {
  if (isRefusal(answer)) return []
  const { mustBeRefused } = draft
  if (mustBeRefused !== undefined) {
    return [{ rule: "refuses what cannot be", why: `${mustBeRefused}, and it was answered ${answer.status}` }]
  }
  if (request.body === undefined || !draft.operation.takesBody) return []
  const fault = contract.faultInBody(draft.operation, parsedJson(request.body))
  return fault === undefined
    ? []
    : [{ rule: "refuses what is not described", why: `answered ${answer.status}, although ${fault}` }]
}

/** What the description allows is not refused for how it is written. */
const promised = (answer: Answer): ReadonlyArray<Broken> => {
  const problem = problemIn(answer)
  const isKept = answer.status < 400 || (answer.status !== 415 && answer.status !== 413 && answer.status !== 400)
  if (isKept || problem === undefined) return []
  return [
    { rule: "accepts what is described", why: `${problem.code}: ${JSON.stringify(problem.errors ?? problem.detail)}` }
  ]
}
