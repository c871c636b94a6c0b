import { Command } from "effect/cli"
import { runProgram } from "./RunProgram.ts"
import { valerix } from "./Valerix.ts"
import { VERSION } from "./Version.ts"

runProgram(Command.run(valerix, { version: VERSION }))
