import { Effect, References } from "effect"
import { type Configuration, loadConfiguration } from "../Configuration.ts"
import { DATABASES } from "../DatabaseNames.ts"
import { openOrAttachDatabases } from "../Databases.ts"
import { prepareSchemas } from "../Schemas.ts"
import { layerImporting, layerLookingIn, type TopologyOptions, topologyOptions } from "../Topology.ts"

/**
 * Executes orders of many lines in smaller batches than a program that has callers to answer: all of one step of a batch
 * has to be done in the time that a command may take.
 */
const importOptions = (configuration: Configuration): TopologyOptions => {
  const { checkout, mockProvider } = topologyOptions(configuration)
  return {
    checkout: {
      ...checkout,
      acceptance: { ...checkout.acceptance, batchWeightMax: 5_000 },
      orchestrator: { ...checkout.orchestrator, linesMax: 5_000 }
    },
    mockProvider
  }
}

/** What a command does it says itself; the log is the program's. */
const quietly = Effect.provideService(References.MinimumLogLevel, "Error")

/**
 * Gives a command all services in this process: beside a program that runs on the same databases, or alone. A home that
 * is not there yet is made.
 */
export const withServices = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const configuration = yield* loadConfiguration
    const databases = yield* openOrAttachDatabases(configuration, DATABASES, { ifAbsent: "MAKE" })
    yield* prepareSchemas(databases, DATABASES)
    const working = Effect.provide(work, layerImporting(databases, importOptions(configuration)))
    return yield* Effect.raceFirst(working, databases.lost)
  }).pipe(Effect.scoped, quietly)

/** Gives a command what is stored, to be looked at. */
export const withStored = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const configuration = yield* loadConfiguration
    const databases = yield* openOrAttachDatabases(configuration, DATABASES)
    yield* prepareSchemas(databases, DATABASES)
    const working = Effect.provide(work, layerLookingIn(databases, topologyOptions(configuration)))
    return yield* Effect.raceFirst(working, databases.lost)
  }).pipe(Effect.scoped, quietly)
