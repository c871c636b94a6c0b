import { type Answer, headerOf } from "../wire/Answer.ts"
import type { Broken, Judged } from "./Judged.ts"

/** There is an answer, in time, and it is no fault of the program. */
export const answering = ({ exchange, isCalm, request }: Judged): ReadonlyArray<Broken> => {
  const { answers, ended, tookMs, unread } = exchange
  const broken: Array<Broken> = []
  if (ended === "silent") broken.push({ rule: "no hanging", why: `nothing came in ${Math.round(tookMs)} ms` })
  if (ended === "closed" && request.isWellFormed) {
    broken.push({ rule: "an answer", why: "the connection was closed without an answer" })
  }
  // Of what is no HTTP nobody can tell that it was meant as HEAD, whose answer has no body.
  const mayHaveBody = request.isWellFormed || request.method !== "HEAD"
  if (unread.length > 0 && ended !== "left" && mayHaveBody) {
    broken.push({ rule: "readable HTTP", why: `${JSON.stringify(unread.toString("latin1", 0, 200))} is no answer` })
  }
  for (const answer of answers) {
    const why = faultOfOurs(answer, isCalm)
    if (why !== undefined) broken.push({ rule: "no fault of ours", why })
  }
  return broken
}

/** A dozen requests at a time is never too much; more may be, if the program says so and when to come back. */
const faultOfOurs = (answer: Answer, isCalm: boolean): string | undefined => {
  if (answer.status < 500) return undefined
  if (answer.status !== 503) return `answered ${answer.status}`
  if (isCalm) return "answered 503 to a dozen requests"
  const retryAfter = Number(headerOf(answer, "retry-after"))
  return Number.isInteger(retryAfter) && retryAfter > 0 ? undefined : "answered 503 without a Retry-After"
}
