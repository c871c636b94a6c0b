import { Console, Effect, Stream } from "effect"
import { writeExport } from "../../../src/export/WriteExport.ts"

const row = { text: "x".repeat(100) }
const rows = Stream.map(Stream.range(1, 100_000), (index) => ({ rows: [row], document: { ...row, index } }))

/** Writes more than there is room for, and says what came of it. */
const program = Effect.matchEffect(
  writeExport({ columns: ["text", "index"], all: Stream.rechunk(rows, 1_000) }, "csv", process.argv[2] ?? "export.csv"),
  {
    onFailure: ({ _tag, message }) => Console.log(`${_tag}: ${message}`),
    onSuccess: (count) => Console.log(`${count} rows`)
  }
)

await Effect.runPromise(program)
