const COLUMNS_DEFAULT = 80
const COLUMNS_MAX = 160

export interface Terminal {
  readonly columns: number
  readonly isColoured: boolean
  /** Somebody looks at it; otherwise it is a file or another program, and nothing is cut off. */
  readonly isWatched: boolean
}

/** What this process writes to: a terminal as wide as it is, or 80 columns without colours. */
export const terminalOf = ({ isTTY, columns }: { isTTY?: boolean; columns?: number }): Terminal => ({
  columns:
    isTTY === true ? Math.min(Math.max(columns ?? COLUMNS_DEFAULT, COLUMNS_DEFAULT), COLUMNS_MAX) : COLUMNS_DEFAULT,
  isColoured: isTTY === true && (process.env["NO_COLOR"] ?? "") === "",
  isWatched: isTTY === true
})

const COLOURS = { red: 31, green: 32, yellow: 33, magenta: 35, grey: 90 } as const
export type Colour = keyof typeof COLOURS

export const coloured = (text: string, colour: Colour, isColoured: boolean): string =>
  isColoured ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text

/** A text of somebody else's on one line: what would move the cursor or change the terminal becomes a blank. */
export const onOneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim()

/** Cuts a text to so many columns. */
export const cutTo = (text: string, columns: number): string => {
  const letters = [...text]
  return letters.length <= columns ? text : `${letters.slice(0, Math.max(0, columns - 1)).join("")}…`
}
