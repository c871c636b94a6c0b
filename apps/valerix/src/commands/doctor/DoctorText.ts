import { counted } from "../../terminal/Counted.ts"
import { type Colour, coloured, type Terminal } from "../../terminal/Terminal.ts"
import { onOneLine, padTo, wrapped } from "../../terminal/Text.ts"
import type { Finding, Result } from "./Finding.ts"

const COLOURS: Readonly<Record<Result, Colour>> = { OK: "green", WARN: "yellow", FAIL: "red", SKIPPED: "grey" }
const RESULT_COLUMNS = 7
const CHECK_COLUMNS = 22

/** Findings that say the same of several subjects, as one. */
const together = (findings: ReadonlyArray<Finding>) => [
  ...Map.groupBy(findings, ({ advice, check, found, result }) =>
    JSON.stringify([check, result, found, advice])
  ).values()
]

/** What was found, a block per finding: the result, the check and what was found, and below it what to do. */
export const doctorText = (findings: ReadonlyArray<Finding>, terminal: Terminal): ReadonlyArray<string> => {
  const indent = RESULT_COLUMNS + 2 + CHECK_COLUMNS + 2
  const room = terminal.isWatched ? terminal.columns - indent : Number.MAX_SAFE_INTEGER
  const blocks = together(findings).flatMap((same) => {
    const [first] = same
    if (first === undefined) return []
    const subjects = same.flatMap(({ subject }) => (subject === null ? [] : [subject]))
    const about = subjects.length === 0 ? "" : `${[...new Set(subjects)].join(", ")}: `
    const [line = "", ...more] = wrapped(onOneLine(`${about}${first.found}`), room)
    const todo = first.advice === null ? [] : wrapped(`→ ${onOneLine(first.advice)}`, room)
    const result = coloured(padTo(first.result, RESULT_COLUMNS), COLOURS[first.result], terminal.isColoured)
    return [
      `${result}  ${padTo(first.check.replaceAll("_", " "), CHECK_COLUMNS)}  ${line}`,
      ...[...more, ...todo].map((text) => `${" ".repeat(indent)}${text}`)
    ]
  })
  const count = (result: Result) => findings.filter((finding) => finding.result === result).length
  const sums = (["FAIL", "WARN", "SKIPPED"] as const).filter((result) => count(result) > 0)
  const ending = sums.length === 0 ? "all is well" : sums.map((result) => `${count(result)} ${result}`).join(", ")
  return [...blocks, "", `${counted(findings.length, "check")}: ${ending}.`]
}
