import { FindSagas, layerSagaOperations, type OperateSagas } from "@valerix/checkout"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, References } from "effect"
import { loadConfiguration } from "../../Configuration.ts"
import type { DatabaseName } from "../../DatabaseNames.ts"
import { layerDatabase, openOrAttachDatabases } from "../../Databases.ts"
import { prepareSchemas } from "../../Schemas.ts"

const NEEDED: ReadonlyArray<DatabaseName> = ["checkout"]

/** Gives a command the executions of orders, beside a program that runs or alone. */
export const withSagas = <A, E, R>(work: Effect.Effect<A, E, R | FindSagas | OperateSagas>) =>
  Effect.gen(function* () {
    const configuration = yield* loadConfiguration
    const databases = yield* openOrAttachDatabases(configuration, NEEDED)
    yield* prepareSchemas(databases, NEEDED)
    const sagas = layerSagaOperations.pipe(Layer.provide(layerDatabase(databases, "checkout")))
    return yield* Effect.provide(work, sagas)
  }).pipe(
    Effect.scoped,
    // What a command does it says itself; the log is the program's.
    Effect.provideService(References.MinimumLogLevel, "Warn")
  )

/** Goes through the organizations with unfinished orders, from one on, or through the one that is given. */
export const eachOrganization = Effect.fnUntraced(function* <E, R>(
  only: OrganizationId | undefined,
  from: OrganizationId | undefined,
  /** Gives whether to go on with the next one. */
  visit: (organizationId: OrganizationId) => Effect.Effect<boolean, E, R>
) {
  const find = yield* FindSagas
  const first = only ?? from
  let ahead = first === undefined ? yield* find.organizations(undefined) : [first]
  while (ahead.length > 0) {
    for (const organizationId of ahead) {
      if (!(yield* visit(organizationId))) return
    }
    if (only !== undefined) return
    ahead = yield* find.organizations(ahead.at(-1))
  }
})
