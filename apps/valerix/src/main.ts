import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { layerLogging } from "@valerix/telemetry"
import { Cause, Effect, Layer } from "effect"
import { CliError, Command } from "effect/cli"
import { migrateCommand } from "./commands/Migrate.ts"
import { startCommand } from "./commands/Start.ts"
import { verifyCommand } from "./commands/Verify.ts"
import { VERSION } from "./Version.ts"

const valerix = Command.make("valerix").pipe(
  Command.withDescription("Valerix executes orders."),
  Command.withSubcommands([startCommand, migrateCommand, verifyCommand])
)

/** What stands in the way, in the words of the error, for a person; a defect is told with its trace. */
const tell = (cause: Cause.Cause<unknown>) =>
  Effect.sync(() => {
    if (Cause.hasInterruptsOnly(cause)) return
    const errors = cause.reasons.filter(Cause.isFailReason).map((reason) => reason.error)
    const told = errors
      .filter((error) => !CliError.isCliError(error))
      .map((error) => (error instanceof Error ? error.message : String(error)))
    const defects = cause.reasons.some(Cause.isDieReason) ? [Cause.pretty(cause)] : []
    for (const text of [...told, ...defects]) process.stderr.write(`valerix: ${text}\n`)
  })

Command.run(valerix, { version: VERSION }).pipe(
  Effect.provide(Layer.merge(NodeServices.layer, layerLogging({ service: "valerix" }))),
  Effect.tapCause(tell),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
