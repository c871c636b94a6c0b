import type { Cycle } from "./Cycle.ts"
import { FIRST_ORDER_GOAL_MS, LAST_OLD_ORDER_GOAL_MS } from "./Recovery.ts"

/** Times of many recoveries, in milliseconds. */
export interface Times {
  readonly count: number
  readonly median: number
  readonly p95: number
  readonly max: number
  /** How many took longer than they should. */
  readonly missed: number
}

export const firstOrderTimes = (cycles: ReadonlyArray<Cycle>): Times =>
  timesOf(
    cycles.flatMap(({ firstOrderMs }) => firstOrderMs ?? []),
    FIRST_ORDER_GOAL_MS
  )

/** Only of kills that found orders unfinished: the others have nothing to recover. */
export const lastOldOrderTimes = (cycles: ReadonlyArray<Cycle>): Times =>
  timesOf(
    cycles.flatMap(({ delayed, lastOldOrderMs, unanswered }) =>
      delayed + unanswered > 0 ? (lastOldOrderMs ?? []) : []
    ),
    LAST_OLD_ORDER_GOAL_MS
  )

const timesOf = (all: ReadonlyArray<number>, goalMs: number): Times => {
  const sorted = all.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return {
    count: sorted.length,
    median: at(0.5),
    p95: at(0.95),
    max: sorted.at(-1) ?? 0,
    missed: sorted.filter((time) => time > goalMs).length
  }
}
