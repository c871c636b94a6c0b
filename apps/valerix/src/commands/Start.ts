import { Argument, Command, Flag } from "effect/cli"
import { SINGLE_SERVICES } from "../SingleServices.ts"
import { whenRun } from "./WhenRun.ts"

const service = Argument.Literals("service", SINGLE_SERVICES).pipe(
  Argument.withDescription("Run this service alone, on its own port, with its internal endpoints"),
  Argument.optional
)

const reset = Flag.Boolean("reset").pipe(
  Flag.withDescription("Drop all data of the embedded database first"),
  Flag.withDefault(false)
)

export const startCommand = Command.make(
  "start",
  { service, reset },
  whenRun(async () => (await import("./start/RunServices.ts")).runServices)
).pipe(
  Command.withDescription("Run Valerix: all services in one process, or one alone"),
  Command.withExamples([
    { command: "valerix start", description: "Run everything on port 8080, with an embedded PostgreSQL in .valerix" },
    { command: "valerix start --reset", description: "The same, from nothing" },
    { command: "valerix start inventory", description: "Run the inventory service alone on port 8083" }
  ])
)
