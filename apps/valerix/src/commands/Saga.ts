import { Command } from "effect/cli"
import { actionCommands } from "./saga/ActionCommands.ts"
import { listCommand } from "./saga/ListCommand.ts"
import { showCommand } from "./saga/ShowCommand.ts"

/** The operator's hands on orders that execution could not finish; it may run beside the program. */
export const sagaCommand = Command.make("saga").pipe(
  Command.withDescription("See the executions of orders, and take them in hand"),
  Command.withSubcommands([listCommand, showCommand, ...actionCommands]),
  Command.withExamples([
    { command: "valerix saga list --parked", description: "What waits for an operator, and why" },
    { command: 'valerix saga resume --parked --reason "The bank is back"', description: "Let all of it go on" }
  ])
)
