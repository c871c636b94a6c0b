/**
 * The whole program as `valerix start` composes it, but with short leases, and striking itself where it was armed to: the
 * boundaries are compiled into this composition alone. Run as a process of its own by Program.ts.
 */
import { flushCompileCache } from "node:module"
import { layerDoor } from "@valerix/app/src/AllInOne.ts"
import { loadConfiguration } from "@valerix/app/src/Configuration.ts"
import { DATABASES } from "@valerix/app/src/DatabaseNames.ts"
import { openDatabases } from "@valerix/app/src/Databases.ts"
import { runProgram, untilStopped } from "@valerix/app/src/RunProgram.ts"
import { prepareSchemas } from "@valerix/app/src/Schemas.ts"
import { layerParticipants, layerProvider, layerServices, topologyOptions } from "@valerix/app/src/Topology.ts"
import { CheckoutStorage } from "@valerix/checkout"
import { Effect, Layer } from "effect"
import { aroundParticipants } from "./AroundParticipants.ts"
import { aroundProvider } from "./AroundProvider.ts"
import { aroundStorage } from "./AroundStorage.ts"
import { LOSES_ANSWERS_VARIABLE, LOSES_CAPTURES_VARIABLE } from "./Conditions.ts"
import { listenForArming } from "./CrashPoint.ts"
import { withShortLeases } from "./ShortLeases.ts"

listenForArming()
// A program that is killed would leave nothing of what it compiled to the next.
flushCompileCache()

const isSet = (variable: string): boolean => process.env[variable] !== undefined

const program = Effect.scoped(
  Effect.gen(function* () {
    const configuration = yield* loadConfiguration
    const databases = yield* openDatabases(configuration, DATABASES)
    yield* prepareSchemas(databases, DATABASES)
    const options = withShortLeases(topologyOptions(configuration))
    const provider = aroundProvider(layerProvider(databases, options.mockProvider), isSet(LOSES_CAPTURES_VARIABLE))
    const participants = aroundParticipants(layerParticipants(databases, options, provider))
    const storage = aroundStorage(CheckoutStorage, isSet(LOSES_ANSWERS_VARIABLE))
    const services = layerServices(databases, options, participants, storage)
    const door = layerDoor(databases, { port: configuration.port }).pipe(Layer.provide(services))
    yield* Effect.raceFirst(Layer.launch(door), databases.lost)
  })
)

runProgram(untilStopped(program))
