import { headerOf } from "../wire/Answer.ts"
import type { Broken, Judged } from "./Judged.ts"

const CORRELATION_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/

/** Every answer has the headers that all have, once each. */
export const usualHeaders = ({ exchange }: Judged): ReadonlyArray<Broken> =>
  exchange.answers.flatMap((answer) => {
    const names = answer.headers.map(([name]) => name)
    const twice = names.filter((name, at) => names.indexOf(name) !== at && name !== "set-cookie")
    const faults = [
      ...(CORRELATION_ID.test(headerOf(answer, "x-correlation-id") ?? "") ? [] : ["it has no correlation id"]),
      ...(headerOf(answer, "x-content-type-options") === "nosniff" ? [] : ["it is not marked nosniff"]),
      ...(headerOf(answer, "cache-control") === undefined ? ["it does not say whether it may be kept"] : []),
      ...(answer.body.length > 0 && headerOf(answer, "content-type") === undefined ? ["it has no content type"] : []),
      ...twice.map((name) => `it has the header ${name} twice`)
    ]
    return faults.map((why) => ({ rule: "usual headers", why: `${answer.status}: ${why}` }))
  })
