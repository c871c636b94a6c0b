import { Console, Data, DateTime, Effect, References, Schema } from "effect"
import { Command } from "effect/cli"
import { counted } from "../terminal/Counted.ts"
import { jsonFlag, jsonLines } from "../terminal/Json.ts"
import { terminalOf } from "../terminal/Terminal.ts"
import { doctorText } from "./doctor/DoctorText.ts"
import { Finding, Result, worstOf } from "./doctor/Finding.ts"
import { lookAround } from "./doctor/LookAround.ts"

/** Something is wrong; it was listed, with what to do. */
export class SomethingWrong extends Data.TaggedError("SomethingWrong")<{ readonly count: number }> {
  override get message(): string {
    return `${counted(this.count, "finding")} to be put right.`
  }
}

/** What valerix doctor says to programs. */
export const DoctorReport = Schema.Struct({
  /** The worst of all findings. */
  result: Result,
  checked_at: Schema.DateTimeUtcFromString,
  findings: Schema.Array(Finding)
})

const writeReport = jsonLines(DoctorReport)

export const doctorCommand = Command.make(
  "doctor",
  { json: jsonFlag("one JSON document, {result, checked_at, findings}") },
  Effect.fn("valerix doctor")(function* ({ json }) {
    const findings = yield* Effect.scoped(lookAround).pipe(Effect.provideService(References.MinimumLogLevel, "Error"))
    const checked_at = yield* DateTime.now
    yield* json
      ? writeReport([{ result: worstOf(findings), checked_at, findings }])
      : Console.log(doctorText(findings, terminalOf(process.stdout)).join("\n"))
    const failed = findings.filter(({ result }) => result === "FAIL")
    if (failed.length > 0) return yield* new SomethingWrong({ count: failed.length })
  })
).pipe(
  Command.withDescription("Check the machine, the databases and the orders, and say what to do"),
  Command.withExamples([
    { command: "valerix doctor", description: "Look at everything; exit with 1 if something is wrong" },
    {
      command: "valerix doctor --json | jq '.findings[] | select(.result != \"OK\")'",
      description: "What is not as it should be, for a program"
    }
  ])
)
