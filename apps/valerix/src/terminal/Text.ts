import { CliOutput } from "effect/cli"

/** How many columns of a terminal a text takes: none for a combining letter, two for a wide one. */
export const widthOf = CliOutput.displayWidth

const letters = new Intl.Segmenter("en", { granularity: "grapheme" })

/** A text of somebody else's on one line: what would move the cursor or change the terminal becomes a blank. */
export const onOneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim()

/** A text of somebody else's on its lines, with nothing in it that would change the terminal. */
export const onItsLines = (text: string): string => text.replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ")

/** Cuts a text to so many columns. */
export const cutTo = (text: string, columns: number): string =>
  widthOf(text) <= columns ? text : `${beginningOf(text, Math.max(0, columns - 1))}…`

/** As much of the beginning of a text as so many columns hold. */
const beginningOf = (text: string, columns: number): string => {
  let beginning = ""
  let room = columns
  for (const { segment } of letters.segment(text)) {
    room -= widthOf(segment)
    if (room < 0) break
    beginning += segment
  }
  return beginning
}

const blanks = (text: string, columns: number) => " ".repeat(Math.max(0, columns - widthOf(text)))

/** Fills a text up to so many columns, with blanks after it or, on the right, before it. */
export const padTo = (text: string, columns: number, side: "left" | "right" = "left"): string =>
  side === "left" ? text + blanks(text, columns) : blanks(text, columns) + text

/** A text on as many lines as it takes; a word that is longer than a line is broken. */
export const wrapped = (text: string, columns: number): ReadonlyArray<string> => {
  const room = Math.max(2, columns)
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ").flatMap((one) => piecesOf(one, room))) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > room) {
      lines.push(line)
      line = word
    } else {
      line = line === "" ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

const piecesOf = (word: string, columns: number): ReadonlyArray<string> => {
  const pieces: Array<string> = []
  for (let rest = word; rest !== ""; ) {
    const piece = beginningOf(rest, columns)
    // A letter that is wider than the room stands alone rather than nowhere.
    const taken = piece === "" ? rest : piece
    pieces.push(taken)
    rest = rest.slice(taken.length)
  }
  return pieces
}
