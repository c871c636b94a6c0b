import { Command } from "effect/cli"
import { verifyFlags } from "./verify/VerifyFlags.ts"
import { whenRun } from "./WhenRun.ts"

export const verifyCommand = Command.make(
  "verify",
  verifyFlags,
  whenRun(async () => (await import("./verify/VerifyStored.ts")).verifyStored)
).pipe(
  Command.withDescription("Check the promises on everything that is stored, and mend what can be mended"),
  Command.withExamples([
    { command: "valerix verify", description: "Exit with 0 if every promise holds, else list what is wrong" },
    {
      command: "valerix verify --after 01900000-0000-7000-8000-00000000000a/across",
      description: "Go on where a run was stopped"
    },
    { command: "valerix verify --repair", description: "Say what would mend each finding, and change nothing" },
    {
      command: 'valerix verify --repair --apply --reason "The disk was full on Monday"',
      description: "Mend what can be mended; exit with 0 if nothing is wrong any more"
    }
  ])
)
