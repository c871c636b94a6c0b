import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { layerLogger } from "@valerix/telemetry"
import { migrateCommand } from "./commands/Migrate.ts"
import { startCommand } from "./commands/Start.ts"
import { verifyCommand } from "./commands/Verify.ts"

const valerix = Command.make("valerix").pipe(
  Command.withDescription("Valerix executes orders."),
  Command.withSubcommands([startCommand, migrateCommand, verifyCommand])
)

Command.run(valerix, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.mergeAll(NodeServices.layer, layerLogger)),
  NodeRuntime.runMain
)
