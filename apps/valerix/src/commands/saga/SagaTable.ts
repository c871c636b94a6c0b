import { type Execution, stepOf } from "@valerix/checkout"
import { spanText } from "./Spans.ts"
import { cutTo, onOneLine, type Terminal } from "./Terminal.ts"

const COLUMNS: ReadonlyArray<readonly [title: string, columns: number]> = [
  ["ORDER", 36],
  ["ORGANIZATION", 36],
  ["STATUS", 18],
  ["STEP", 7],
  ["STATE", 9],
  ["AGE", 9],
  ["STILL", 9],
  ["ATTEMPTS", 8]
]

const line = (cells: ReadonlyArray<string>, reason: string): string =>
  `${COLUMNS.map(([, columns], index) => (cells[index] ?? "").padEnd(columns)).join("  ")}  ${reason}`.trimEnd()

export const sagaTableHead = line(
  COLUMNS.map(([title]) => title),
  "REASON"
)

/** Why an execution stands where it does: the reason of parking, or its latest problem. */
export const reasonOf = ({ parkReason, problem, state }: Execution): string => {
  if (state === "PARKED") return onOneLine(parkReason ?? "no reason was recorded")
  return problem === undefined ? "" : onOneLine(`${problem.step} ${problem.outcome}: ${problem.detail ?? ""}`)
}

/** A line of the table. On a terminal the reason is cut where the terminal ends, if there is room for any of it. */
export const sagaTableLine = (execution: Execution, { columns, isWatched }: Terminal): string => {
  const { ageMs, attempts, orderId, organizationId, state, status, stoodStillMs } = execution
  const cells = [
    orderId,
    organizationId,
    status,
    stepOf(execution) ?? "",
    state,
    spanText(ageMs),
    spanText(stoodStillMs),
    String(attempts)
  ]
  const room = columns - line([], "|").length
  return line(cells, isWatched && room > 0 ? cutTo(reasonOf(execution), room) : reasonOf(execution))
}
