import type { Cycle } from "./Cycle.ts"
import { firstOrderTimes, lastOldOrderTimes } from "./Figures.ts"
import { FAULTS } from "./Plan.ts"
import { BOUNDARIES } from "./program/Operations.ts"

export interface Row {
  readonly name: string
  readonly kills: number
  readonly missed: number
  readonly delayed: number
  readonly firstOrder: string
  readonly lastOldOrder: string
}

const KILL = "kill at a boundary"
const FREEZE = "freeze at a boundary"

/** One row per boundary at which the program was killed, then one per other fault. */
export const rowsOf = (cycles: ReadonlyArray<Cycle>): ReadonlyArray<Row> => [
  ...BOUNDARIES.map((boundary) =>
    rowOf(
      boundary,
      cycles.filter((cycle) => cycle.fault === KILL && cycle.boundary === boundary)
    )
  ),
  ...FAULTS.filter((fault) => fault !== KILL).map((fault) =>
    rowOf(
      fault === FREEZE ? "freeze (SIGSTOP) at a boundary, another takes over, SIGCONT" : fault,
      cycles.filter((cycle) => cycle.fault === fault)
    )
  )
]

const rowOf = (name: string, cycles: ReadonlyArray<Cycle>): Row => {
  const struck = cycles.filter(({ outcome }) => outcome === "struck")
  const spread = ({ count, max, median }: ReturnType<typeof firstOrderTimes>) =>
    count === 0 ? "–" : `${seconds(median)} / ${seconds(max)}`
  return {
    name,
    kills: struck.length,
    missed: cycles.length - struck.length,
    delayed: struck.reduce((sum, { delayed }) => sum + delayed, 0),
    firstOrder: spread(firstOrderTimes(struck)),
    lastOldOrder: spread(lastOldOrderTimes(struck))
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

const HEADINGS = ["struck at", "kills", "not reached", "orders delayed", "first new order", "last old order"] as const

const cellsOf = ({ delayed, firstOrder, kills, lastOldOrder, missed, name }: Row): ReadonlyArray<string> => [
  name,
  String(kills),
  String(missed),
  String(delayed),
  firstOrder,
  lastOldOrder
]

/** The table for a terminal. */
export const textTable = (cycles: ReadonlyArray<Cycle>): string => {
  const lines = [HEADINGS, ...rowsOf(cycles).map(cellsOf)]
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
    )
    .join("\n")
}

/** The table in Markdown. */
export const markdownTable = (cycles: ReadonlyArray<Cycle>): string =>
  [
    `| ${HEADINGS.join(" | ")} |`,
    `|---|${"---:|".repeat(HEADINGS.length - 1)}`,
    ...rowsOf(cycles).map((row) => `| ${cellsOf(row).join(" | ")} |`)
  ].join("\n")

/** What the recoveries took, one line each. */
export const recoverySentences = (cycles: ReadonlyArray<Cycle>): string => {
  const first = firstOrderTimes(cycles)
  const last = lastOldOrderTimes(cycles)
  const told = ({ max, median, p95 }: typeof first) =>
    `median ${seconds(median)}, 95th percentile ${seconds(p95)}, longest ${seconds(max)}`
  return [
    `First new order: ${told(first)}; ${first.missed} of ${first.count} took more than 3 s.`,
    `Last old order: ${told(last)}; ${last.missed} of ${last.count} took more than 30 s.`
  ].join("\n")
}
