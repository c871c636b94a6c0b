import { type Answer, headerOf } from "../wire/Answer.ts"
import { type Broken, isRefusal, type Judged } from "./Judged.ts"
import { problemIn } from "./ProblemDocuments.ts"

/** What tells of the inside: stacks, files, SQL, what the program is made with. */
const INSIDE: ReadonlyArray<readonly [what: string, pattern: RegExp]> = [
  ["a stack", /\bat \S+ \(|\bat (?:file|node):|Error:|\bTypeError\b|\bRangeError\b/],
  ["a file", /node_modules|\.[cm]?[jt]s:\d+|\/(?:home|root|tmp|usr|var|etc)\//],
  [
    "SQL",
    /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\b.+\b(?:FROM|VALUES|SET|WHERE)\b|relation "|violates|SQLSTATE|syntax error at/
  ],
  ["what it is made with", /\b(?:Postgre|pg_|PgClient|SqlError|Effect|node:|undici|V8)\w*/],
  ["a fault of its own", /\[object |\bundefined\b|\bNaN\b|Cannot read prop/]
]

/** Control characters, and those that reorder or hide text, as bytes of UTF-8. */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const isPrintable = /^[\x20-\x7e]*$/

/** Answers tell nothing of the inside, and repeat nothing that could harm who reads them. */
export const secrecy = ({ exchange, request }: Judged): ReadonlyArray<Broken> =>
  exchange.answers.flatMap((answer) => [...revealed(answer, request.bytes), ...echoed(answer)])

const revealed = (answer: Answer, asked: Buffer): ReadonlyArray<Broken> => {
  const text = `${isRefusal(answer) ? answer.body.toString("utf8") : ""}`
  const broken = INSIDE.flatMap(([what, pattern]) => {
    const [found] = pattern.exec(text) ?? []
    // What the request itself says may be repeated.
    if (found === undefined || asked.includes(found)) return []
    return [{ rule: "nothing of the inside", why: `${what} is in ${text.slice(0, 500)}` }]
  })
  const tells = ["server", "x-powered-by"].filter((name) => headerOf(answer, name) !== undefined)
  return [...broken, ...tells.map((name) => ({ rule: "nothing of the inside", why: `it has the header ${name}` }))]
}

const echoed = (answer: Answer): ReadonlyArray<Broken> => {
  const broken: Array<Broken> = []
  if (!answer.head.split("\r\n").every((line) => isPrintable.test(line))) {
    broken.push({ rule: "no control characters", why: `in its headers: ${JSON.stringify(answer.head)}` })
  }
  const type = headerOf(answer, "content-type") ?? ""
  if (!type.includes("json")) return broken
  const text = answer.body.toString("utf8")
  const harmful = HARMFUL.exec(text)
  if (harmful !== null) {
    const place = JSON.stringify(text.slice(Math.max(0, harmful.index - 40), harmful.index + 40))
    broken.push({ rule: "no control characters", why: `U+${harmful[0].codePointAt(0)?.toString(16)} is in ${place}` })
  }
  const problem = problemIn(answer)
  if (problem !== undefined && holdsHarmful(problem)) {
    broken.push({ rule: "no control characters", why: `a problem repeats them: ${text.slice(0, 500)}` })
  }
  return broken
}

const holdsHarmful = (value: unknown): boolean => {
  if (typeof value === "string") return HARMFUL.test(value)
  return typeof value === "object" && value !== null && Object.values(value).some(holdsHarmful)
}
