const COLUMNS_DEFAULT = 80
const COLUMNS_LEAST = 20
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
    isTTY === true ? Math.min(Math.max(columns || COLUMNS_DEFAULT, COLUMNS_LEAST), COLUMNS_MAX) : COLUMNS_DEFAULT,
  isColoured: isTTY === true && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb",
  isWatched: isTTY === true
})

const COLOURS = { red: 31, green: 32, yellow: 33, magenta: 35, grey: 90 } as const
export type Colour = keyof typeof COLOURS

export const coloured = (text: string, colour: Colour | undefined, isColoured: boolean): string =>
  isColoured && colour !== undefined && text !== "" ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text
