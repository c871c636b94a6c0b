import { Effect } from "effect"
import type { Outcome } from "./Outcome.ts"
import { runVector } from "./runVector.ts"

/** The most sagas that one transaction of a participant works on, and the most rows that it writes for them. */
const SAGAS_PER_TRANSACTION_MAX = 1_000
const ROWS_PER_TRANSACTION_MAX = 20_000

/** What cutting a vector needs to know of its commands. */
export interface VectorParting<Command> {
  /** Names what a command is about: no part holds a name twice, because one statement cannot change a row twice. */
  readonly nameOf: (command: Command) => string
  readonly rowsOf: (command: Command) => number
}

/** Cuts a vector, keeping its order, into parts that one transaction each can do. */
export const vectorParts = <Command>(
  commands: ReadonlyArray<Command>,
  { nameOf, rowsOf }: VectorParting<Command>
): ReadonlyArray<ReadonlyArray<Command>> => {
  const parts: Array<Array<Command>> = []
  let part: Array<Command> = []
  let names = new Set<string>()
  let rows = 0
  for (const command of commands) {
    const name = nameOf(command)
    const added = rowsOf(command)
    const isFull =
      part.length === 0 ||
      part.length === SAGAS_PER_TRANSACTION_MAX ||
      rows + added > ROWS_PER_TRANSACTION_MAX ||
      names.has(name)
    if (isFull) {
      part = []
      parts.push(part)
      names = new Set()
      rows = 0
    }
    part.push(command)
    names.add(name)
    rows += added
  }
  return parts
}

/** Runs the work of a vector as `runVector` does, in parts, one after the other. */
export const runVectorInParts = <Command>(
  commands: ReadonlyArray<Command>,
  parting: VectorParting<Command>,
  work: (commands: ReadonlyArray<Command>) => Effect.Effect<ReadonlyArray<Outcome>>
): Effect.Effect<ReadonlyArray<Outcome>> =>
  Effect.map(
    Effect.forEach(vectorParts(commands, parting), (part) => runVector(part, work)),
    (outcomes) => outcomes.flat()
  )
