import { Command } from "effect/cli"
import { jsonFlag } from "../terminal/Json.ts"
import { whenRun } from "./WhenRun.ts"

export const doctorCommand = Command.make(
  "doctor",
  { json: jsonFlag("one JSON document, {result, checked_at, findings}") },
  whenRun(async () => (await import("./doctor/Diagnose.ts")).diagnose)
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
