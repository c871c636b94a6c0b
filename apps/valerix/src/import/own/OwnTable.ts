import { quoted } from "../files/MalformedFile.ts"
import type { HeaderFault } from "../files/Rows.ts"

/** The columns of a table of our own: which there must be, and which there may be, in any order. */
export interface OwnTable {
  readonly required: ReadonlyArray<string>
  readonly optional: ReadonlyArray<string>
}

/** What is wrong with a header; none if nothing is. */
export const headerFaultOf =
  ({ optional, required }: OwnTable) =>
  (header: ReadonlyArray<string>): HeaderFault | undefined => {
    const missing = required.filter((name) => !header.includes(name))
    if (missing.length > 0) return { column: undefined, message: `the header lacks ${missing.join(", ")}` }
    const known = [...required, ...optional]
    const at = header.findIndex((name, index) => !known.includes(name) || header.indexOf(name) !== index)
    const name = header[at]
    if (name === undefined) return undefined
    const why = known.includes(name) ? " twice" : `; known are ${known.join(", ")}`
    return { column: at + 1, message: `the header names ${quoted(name)}${why}` }
  }

/** The cells of a row by the names of their columns; those that are empty are left out. */
export const cellsByName = (
  header: ReadonlyArray<string>,
  cells: ReadonlyArray<string>
): Readonly<Record<string, string>> =>
  Object.fromEntries(header.flatMap((name, index) => (cells[index] ? [[name, cells[index]]] : [])))

/** A whole number as a number; what is none stays a text, for the schema to refuse. */
export const wholeNumber = (text: string | undefined): number | string | undefined =>
  text !== undefined && /^-?\d{1,16}$/.test(text) ? Number(text) : text

/** An object without the members that are not given. */
export const given = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
