import { EmbeddedServer } from "@valerix/database/embedded"
import { Effect, Layer, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { allInOne } from "../AllInOne.ts"
import { loadConfiguration } from "../Configuration.ts"
import { DATABASES } from "../DatabaseNames.ts"
import { openDatabases } from "../Databases.ts"
import { untilStopped } from "../RunProgram.ts"
import { prepareSchemas } from "../Schemas.ts"
import { databasesOf, SINGLE_SERVICES, singleService } from "../SingleService.ts"

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
  Effect.fn("valerix start")(function* (options) {
    const configuration = yield* loadConfiguration
    if (options.reset) yield* EmbeddedServer.reset({ home: configuration.home })
    const names = Option.match(options.service, { onNone: () => DATABASES, onSome: databasesOf })
    const running = Effect.scoped(
      Effect.gen(function* () {
        const databases = yield* openDatabases(configuration, names)
        yield* prepareSchemas(databases, names)
        const program = Option.match(options.service, {
          onNone: () => Layer.launch(allInOne(configuration, databases)),
          onSome: (name) => Layer.launch(singleService(name, configuration, databases))
        })
        yield* Effect.raceFirst(program, databases.lost)
      })
    ).pipe(
      Effect.onInterrupt(() => Effect.logInfo("Valerix has stopped")),
      untilStopped
    )
    yield* Option.match(options.service, {
      onNone: () => running,
      onSome: (name) => Effect.annotateLogs(running, { service: name })
    })
  })
).pipe(
  Command.withDescription("Run Valerix: all services in one process, or one alone"),
  Command.withExamples([
    { command: "valerix start", description: "Run everything on port 8080, with an embedded PostgreSQL in .valerix" },
    { command: "valerix start --reset", description: "The same, from nothing" },
    { command: "valerix start inventory", description: "Run the inventory service alone on port 8083" }
  ])
)
