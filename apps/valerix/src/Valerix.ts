import { Command } from "effect/cli"
import { doctorCommand } from "./commands/Doctor.ts"
import { exportCommand } from "./commands/Export.ts"
import { importCommand } from "./commands/Import.ts"
import { migrateCommand } from "./commands/Migrate.ts"
import { ordersCommand } from "./commands/Orders.ts"
import { productsCommand } from "./commands/Products.ts"
import { sagaCommand } from "./commands/Saga.ts"
import { startCommand } from "./commands/Start.ts"
import { verifyCommand } from "./commands/Verify.ts"

/** The command line; docs/command-line.md describes it, and a test holds the two together. */
export const valerix = Command.make("valerix").pipe(
  Command.withDescription("Valerix executes orders."),
  Command.withSubcommands([
    startCommand,
    ordersCommand,
    productsCommand,
    importCommand,
    exportCommand,
    sagaCommand,
    verifyCommand,
    doctorCommand,
    migrateCommand
  ]),
  Command.withExamples([
    { command: "valerix start", description: "Run everything on port 8080, with an embedded PostgreSQL in .valerix" },
    { command: "valerix orders place", description: "Place an order: choose products, see the total, and say yes" },
    { command: "valerix doctor", description: "Is everything as it should be, and what is to be done?" },
    { command: "valerix --completions bash >> ~/.bashrc", description: "Let the shell complete commands and flags" }
  ])
)
