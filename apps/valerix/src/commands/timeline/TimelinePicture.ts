import type { TimelineEntry } from "@valerix/checkout"
import { spanText } from "../../terminal/Spans.ts"
import { type Colour, coloured, type Terminal } from "../../terminal/Terminal.ts"
import { cutTo, onOneLine, padTo, wrapped } from "../../terminal/Text.ts"
import { drawn, type TimeAxis, timeAxis } from "./TimeAxis.ts"

/** How long entries are shown: the first ones, and the last ones. */
const FIRST_SHOWN = 20
const LAST_SHOWN = 80

/** Shorter waits are seen on the axis, and not worth a line. */
const WAIT_SHOWN_MS = 100

const WHEN_COLUMNS = 11
const WHAT_COLUMNS = 14
const OUTCOME_COLUMNS = 14
const TOOK_COLUMNS = 9
const MARGINS = 4
/** On a narrower terminal lines are broken by it: there is no room for a picture. */
const COLUMNS_LEAST = 64

const MARKS: Readonly<Record<TimelineEntry["outcome"], readonly [mark: string, colour: Colour]>> = {
  DONE: ["✓", "green"],
  REJECTED: ["✗", "red"],
  UNAVAILABLE: ["?", "yellow"],
  NOT_SENT: ["-", "yellow"],
  CANCELLED: ["∅", "yellow"],
  RETRIED: ["◆", "magenta"],
  TURNED_BACK: ["◆", "magenta"],
  PARKED: ["◆", "magenta"],
  RESUMED: ["◆", "magenta"],
  MOVED_ON: ["◆", "magenta"],
  REPAIRED: ["◆", "magenta"]
}

interface Placed {
  readonly entry: TimelineEntry
  readonly fromMs: number
  readonly toMs: number
}

/** What comes after the last entry: what the execution is at, until now. */
export interface Present {
  readonly atMs: number
  /** None: it has ended. */
  readonly says: string | undefined
}

/**
 * Draws what was tried and done of an order: a line per attempt with its bar on an axis of time, a line per wait and per
 * intervention, with what was said about it below. The axis is stretched where little time passed; the figures are exact.
 */
export const timelinePicture = (
  entries: ReadonlyArray<TimelineEntry>,
  present: Present,
  terminal: Pick<Terminal, "columns" | "isColoured">
): ReadonlyArray<string> => {
  const { isColoured } = terminal
  const columns = Math.max(terminal.columns, COLUMNS_LEAST)
  const placed = entries.map((entry): Placed => {
    const toMs = entry.recordedAt.getTime()
    return { entry, fromMs: toMs - entry.durationMs, toMs }
  })
  const begunMs = Math.min(present.atMs, ...placed.map(({ fromMs }) => fromMs))
  const left = Math.max(0, placed.length - FIRST_SHOWN - LAST_SHOWN)
  const shown = left === 0 ? placed : [...placed.slice(0, FIRST_SHOWN), ...placed.slice(FIRST_SHOWN + left)]
  const nowMs = present.says === undefined ? [] : [present.atMs]
  const axis = timeAxis(
    [begunMs, ...shown.flatMap(({ fromMs, toMs }) => [fromMs, toMs]), ...nowMs],
    columns - WHEN_COLUMNS - WHAT_COLUMNS - OUTCOME_COLUMNS - TOOK_COLUMNS - MARGINS
  )
  const pen: Pen = { axis, begunMs, columns, paint: (text, colour) => coloured(text, colour, isColoured) }
  const lines = shown.flatMap((one, index) => {
    const before = shown[index - 1]
    const gap = left > 0 && index === FIRST_SHOWN ? [`${" ".repeat(WHEN_COLUMNS + 1)}… ${left} entries left out …`] : []
    const wait = before === undefined || gap.length > 0 ? [] : waitLines(pen, before.toMs, one.fromMs, "waits")
    return [...gap, ...wait, ...linesOf(pen, one)]
  })
  const last = placed.at(-1)
  const standing =
    present.says === undefined || last === undefined ? [] : waitLines(pen, last.toMs, present.atMs, present.says, 0)
  return [...lines, ...standing]
}

interface Pen {
  readonly axis: TimeAxis
  readonly begunMs: number
  readonly columns: number
  readonly paint: (text: string, colour: Colour) => string
}

const row = (pen: Pen, atMs: number, what: string, picture: string, outcome: string): string => {
  const when = `+${spanText(atMs - pen.begunMs)}`.padStart(WHEN_COLUMNS)
  return `${when} ${padTo(cutTo(what, WHAT_COLUMNS), WHAT_COLUMNS)} ${picture} ${outcome}`.trimEnd()
}

const linesOf = (pen: Pen, { entry, fromMs, toMs }: Placed): ReadonlyArray<string> => {
  const { attempt, detail, durationMs, outcome, principal, step } = entry
  const [mark, colour] = MARKS[outcome]
  const said = detail === undefined ? [] : [onOneLine(detail)]
  if (principal !== undefined) {
    const picture = pen.paint(drawn(pen.axis, toMs, toMs, mark), colour)
    const line = row(pen, toMs, step, picture, pen.paint(`${mark} ${outcome}`, colour))
    return [line, ...noted(pen, [`by ${onOneLine(principal)}: ${said.join("")}`])]
  }
  const picture = pen.paint(drawn(pen.axis, fromMs, toMs, "█"), colour)
  const took = spanText(durationMs).padStart(TOOK_COLUMNS - 1)
  const ended = pen.paint(`${mark} ${outcome}`.padEnd(OUTCOME_COLUMNS), colour)
  return [row(pen, fromMs, `${step} ${attempt}`, picture, `${ended} ${took}`), ...noted(pen, said)]
}

const waitLines = (
  pen: Pen,
  fromMs: number,
  toMs: number,
  says: string,
  shownMs = WAIT_SHOWN_MS
): ReadonlyArray<string> => {
  if (toMs - fromMs < shownMs) return []
  const picture = pen.paint(drawn(pen.axis, fromMs, toMs, "·"), "grey")
  return [row(pen, fromMs, "", picture, `${says} ${spanText(toMs - fromMs)}`)]
}

/** What was said about an entry, below it, on as many lines as it takes. */
const noted = (pen: Pen, texts: ReadonlyArray<string>): ReadonlyArray<string> => {
  const indent = " ".repeat(WHEN_COLUMNS + 3)
  return texts.flatMap((text) => wrapped(text, pen.columns - indent.length).map((line) => indent + line))
}
