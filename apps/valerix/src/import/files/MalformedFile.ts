import { Data, Runtime } from "effect"
import { EXIT } from "../../terminal/ExitCodes.ts"

/** What is wrong at a place of a file; lines and columns count from 1. */
export interface Fault {
  readonly line: number
  readonly column: { readonly number: number; readonly name: string | undefined } | undefined
  readonly message: string
}

/** The most faults that are told of one file. */
export const FAULTS_MAX = 20

/** A file cannot be read as what it should be; nothing was changed. */
export class MalformedFile extends Data.TaggedError("MalformedFile")<{
  readonly file: string
  readonly faults: ReadonlyArray<Fault>
}> {
  override readonly [Runtime.errorExitCode] = EXIT.USAGE
  override get message(): string {
    const told = this.faults.slice(0, FAULTS_MAX).map((fault) => `  ${placeOf(fault)}: ${fault.message}`)
    const rest = this.faults.length >= FAULTS_MAX ? [`  There may be more; only the first ${FAULTS_MAX} are told.`] : []
    return [`${this.file} is malformed. Nothing was imported.`, ...told, ...rest].join("\n")
  }
}

const placeOf = ({ column, line }: Fault): string => {
  if (column === undefined) return `line ${line}`
  return `line ${line}, column ${column.number}${column.name === undefined ? "" : ` (${column.name})`}`
}

/** A text of the file as it is told in a message: on one line, and not too long. */
export const quoted = (text: string): string => JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 60)}…`)
