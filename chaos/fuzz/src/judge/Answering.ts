import { type Answer, headerOf } from "../wire/Answer.ts"
import type { Broken, Judged } from "./Judged.ts"

/** There is an answer, in time, and it is no fault of the program. */
export const answering = ({ exchange, isAlone, request }: Judged): ReadonlyArray<Broken> => {
  const { answers, ended, tookMs, unread } = exchange
  const broken: Array<Broken> = []
  if (ended === "silent") broken.push({ rule: "no hanging", why: `nothing came in ${Math.round(tookMs)} ms` })
  if (ended === "closed" && request.isWellFormed) {
    broken.push({ rule: "an answer", why: "the connection was closed without an answer" })
  }
  if (unread.length > 0 && ended !== "left") {
    broken.push({ rule: "readable HTTP", why: `${JSON.stringify(unread.toString("latin1", 0, 200))} is no answer` })
  }
  for (const answer of answers) {
    const why = faultOfOurs(answer, isAlone)
    if (why !== undefined) broken.push({ rule: "no fault of ours", why })
  }
  return broken
}

/** One request at a time is never too much; many at once may be, if the program says so and when to come back. */
const faultOfOurs = (answer: Answer, isAlone: boolean): string | undefined => {
  if (answer.status < 500) return undefined
  if (answer.status !== 503) return `answered ${answer.status}`
  if (isAlone) return "answered 503 to one request alone"
  const retryAfter = Number(headerOf(answer, "retry-after"))
  return Number.isInteger(retryAfter) && retryAfter > 0 ? undefined : "answered 503 without a Retry-After"
}
