import { EmbeddedServer } from "@valerix/database/embedded"
import { Effect, Layer, Option } from "effect"
import { allInOne } from "../../AllInOne.ts"
import { loadConfiguration } from "../../Configuration.ts"
import { DATABASES } from "../../DatabaseNames.ts"
import { openDatabases } from "../../Databases.ts"
import { untilStopped } from "../../RunProgram.ts"
import { prepareSchemas } from "../../Schemas.ts"
import { databasesOf, singleService } from "../../SingleService.ts"
import type { SingleServiceName } from "../../SingleServices.ts"

/** Runs all services, or the one that is named, until it is asked to stop. */
export const runServices = Effect.fn("valerix start")(function* (options: {
  readonly service: Option.Option<SingleServiceName>
  readonly reset: boolean
}) {
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
