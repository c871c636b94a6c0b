import { type Execution, stepOf } from "@valerix/checkout"
import { spanText } from "../../terminal/Spans.ts"
import { makeTable } from "../../terminal/Table.ts"
import type { Colour, Terminal } from "../../terminal/Terminal.ts"
import { onOneLine } from "../../terminal/Text.ts"

const ID_COLUMNS = 36
const SPAN_COLUMNS = 9

const COLOURS: Partial<Record<Execution["state"], Colour>> = { PARKED: "red", LOST: "red", WAITING: "yellow" }

/** Why an execution stands where it does: the reason of parking, or its latest problem. */
export const reasonOf = ({ parkReason, problem, state }: Execution): string => {
  if (state === "PARKED") return onOneLine(parkReason ?? "no reason was recorded")
  return problem === undefined ? "" : onOneLine(`${problem.step} ${problem.outcome}: ${problem.detail ?? ""}`)
}

/** Executions, a line each. */
export const sagaTable = (terminal: Terminal) =>
  makeTable<Execution>(
    [
      { title: "ORDER", least: ID_COLUMNS, of: ({ orderId }) => orderId },
      { title: "ORGANIZATION", least: ID_COLUMNS, leftOut: 1, of: ({ organizationId }) => organizationId },
      { title: "STATUS", least: 18, of: ({ status }) => status },
      { title: "STEP", least: 7, leftOut: 4, of: (execution) => stepOf(execution) ?? "" },
      {
        title: "STATE",
        least: SPAN_COLUMNS,
        leftOut: 5,
        of: ({ state }) => state,
        colour: ({ state }) => COLOURS[state]
      },
      { title: "AGE", least: SPAN_COLUMNS, leftOut: 3, of: ({ ageMs }) => spanText(ageMs) },
      { title: "STILL", least: SPAN_COLUMNS, of: ({ stoodStillMs }) => spanText(stoodStillMs) },
      { title: "ATTEMPTS", leftOut: 2, of: ({ attempts }) => String(attempts) },
      { title: "REASON", of: reasonOf }
    ],
    terminal
  )
