import { Console, Data, DateTime, Effect, References } from "effect"
import { counted } from "../../terminal/Counted.ts"
import { jsonLines } from "../../terminal/Json.ts"
import { terminalOf } from "../../terminal/Terminal.ts"
import { DoctorReport } from "./DoctorReport.ts"
import { doctorText } from "./DoctorText.ts"
import { worstOf } from "./Finding.ts"
import { lookAround } from "./LookAround.ts"

/** Something is wrong; it was listed, with what to do. */
export class SomethingWrong extends Data.TaggedError("SomethingWrong")<{ readonly count: number }> {
  override get message(): string {
    return `${counted(this.count, "finding")} to be put right.`
  }
}

const writeReport = jsonLines(DoctorReport)

/** Looks at everything, and tells what was found; fails when something is to be put right. */
export const diagnose = Effect.fn("valerix doctor")(function* ({ json }: { readonly json: boolean }) {
  const findings = yield* Effect.scoped(lookAround).pipe(Effect.provideService(References.MinimumLogLevel, "Error"))
  const checked_at = yield* DateTime.now
  yield* json
    ? writeReport([{ result: worstOf(findings), checked_at, findings }])
    : Console.log(doctorText(findings, terminalOf(process.stdout)).join("\n"))
  const failed = findings.filter(({ result }) => result === "FAIL")
  if (failed.length > 0) return yield* new SomethingWrong({ count: failed.length })
})
