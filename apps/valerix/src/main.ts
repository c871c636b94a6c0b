import { Command } from "effect/cli"
import { doctorCommand } from "./commands/Doctor.ts"
import { migrateCommand } from "./commands/Migrate.ts"
import { ordersCommand } from "./commands/Orders.ts"
import { productsCommand } from "./commands/Products.ts"
import { sagaCommand } from "./commands/Saga.ts"
import { startCommand } from "./commands/Start.ts"
import { verifyCommand } from "./commands/Verify.ts"
import { runProgram } from "./RunProgram.ts"
import { VERSION } from "./Version.ts"

const valerix = Command.make("valerix").pipe(
  Command.withDescription("Valerix executes orders."),
  Command.withSubcommands([
    startCommand,
    ordersCommand,
    productsCommand,
    sagaCommand,
    verifyCommand,
    doctorCommand,
    migrateCommand
  ])
)

runProgram(Command.run(valerix, { version: VERSION }))
