import { Clock, Effect } from "effect"
import type { Terminal } from "../terminal/Terminal.ts"
import { terminalOf } from "../terminal/Terminal.ts"
import { cutTo } from "../terminal/Text.ts"

/** How far a run is. */
export interface HowFar {
  readonly rows: number
  readonly orders: number
}

const REDRAW_EVERY_MS = 200
const LINE_EVERY_MS = 5_000
const BAR_COLUMNS = 24
const BAR_COLUMNS_LEAST = 8

const number = new Intl.NumberFormat("en")

/**
 * Shows on standard error, while some work is done, how far it is: a bar with rate and remaining time on a terminal, and
 * a line now and then elsewhere.
 */
export const showingProgress = <A, E, R>(
  total: number,
  howFar: () => HowFar,
  work: Effect.Effect<A, E, R>,
  output: Pick<NodeJS.WriteStream, "write"> & { isTTY?: boolean; columns?: number } = process.stderr
): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const { isWatched } = terminalOf(output)
    const begun = howFar()
    const begunMs = yield* Clock.currentTimeMillis
    const line = Effect.map(Clock.currentTimeMillis, (nowMs) =>
      progressLine({ total, begun, now: howFar(), spentMs: nowMs - begunMs }, terminalOf(output))
    )
    const show = Effect.map(line, (text) => {
      output.write(isWatched ? `\r\u001b[2K${text}` : `${text}\n`)
    })
    const shown = show.pipe(
      Effect.delay(isWatched ? REDRAW_EVERY_MS : LINE_EVERY_MS),
      Effect.forever,
      Effect.forkScoped
    )
    yield* shown
    return yield* Effect.ensuring(
      work,
      Effect.sync(() => {
        if (isWatched) output.write("\r\u001b[2K")
      })
    )
  }).pipe(Effect.scoped)

/**
 * `[████      ]  43%  105,000 of 245,903 rows  12,300 rows/s  586 orders/s  11 s left`; where the terminal is narrow with a
 * shorter bar, or none, so that it stays one line that can be written over.
 */
export const progressLine = (
  { begun, now, spentMs, total }: { total: number; begun: HowFar; now: HowFar; spentMs: number },
  { columns, isWatched }: Pick<Terminal, "columns" | "isWatched">
): string => {
  const share = total === 0 ? 1 : Math.min(1, now.rows / total)
  const rate = (count: number) => (spentMs <= 0 ? 0 : (count * 1000) / spentMs)
  const rowsPerSecond = rate(now.rows - begun.rows)
  // The first rows wait for the first orders to be executed, and tell nothing of those that come.
  const isTelling = (now.rows - begun.rows) * 100 >= total
  const left = !isTelling || rowsPerSecond === 0 ? "" : `  ${spanOf((total - now.rows) / rowsPerSecond)} left`
  const told = [
    `${number.format(now.rows)} of ${number.format(total)} rows`,
    `${number.format(Math.round(rowsPerSecond))} rows/s`,
    ...(now.orders === begun.orders ? [] : [`${number.format(Math.round(rate(now.orders - begun.orders)))} orders/s`])
  ].join("  ")
  const percent = `${Math.floor(share * 100)}%`.padStart(4)
  if (!isWatched) return `${percent.trimStart()}  ${told}${left}`
  const text = `${percent}  ${told}${left}`
  const room = Math.min(BAR_COLUMNS, columns - 1 - "[] ".length - text.length)
  if (room < BAR_COLUMNS_LEAST) return cutTo(text.trimStart(), columns - 1)
  const full = Math.round(share * room)
  return `[${"█".repeat(full)}${" ".repeat(room - full)}] ${text}`
}

const spanOf = (seconds: number): string => {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
