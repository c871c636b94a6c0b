/**
 * The whole program as `valerix start` composes it, but with short leases, and killing itself (-9) at a named point of an
 * order's life: CRASH_AT names the point, CRASH_AFTER says the how many-th time. Run as a process of its own.
 */
import type { InventoryCommands } from "@valerix/inventory/contract"
import type { OrdersCommands } from "@valerix/orders/contract"
import type { PaymentsCommands } from "@valerix/payments/contract"
import { Effect, Layer } from "effect"
import { layerDoor } from "../../src/AllInOne.ts"
import { loadConfiguration } from "../../src/Configuration.ts"
import { DATABASES } from "../../src/DatabaseNames.ts"
import { openDatabases } from "../../src/Databases.ts"
import { layerAroundCommands } from "../../src/ParticipantCommands.ts"
import { runProgram } from "../../src/RunProgram.ts"
import { prepareSchemas } from "../../src/Schemas.ts"
import { layerParticipants, layerServices, topologyOptions } from "../../src/Topology.ts"
import type { CrashPoint } from "./CrashPoints.ts"

const crashAt = process.env["CRASH_AT"]
let left = Number(process.env["CRASH_AFTER"] ?? "1")

const reached = (point: CrashPoint) =>
  Effect.sync(() => {
    if (point !== crashAt) return
    left -= 1
    if (left <= 0) process.kill(process.pid, "SIGKILL")
  })

/** The participants, with a chance to die before or after each command. */
const crashing = <A, E, R>(
  participants: Layer.Layer<A | OrdersCommands | InventoryCommands | PaymentsCommands, E, R>
) =>
  layerAroundCommands(participants, ({ inventory, orders, payments }) => ({
    orders: {
      ...orders,
      create: (commands) => Effect.tap(orders.create(commands), reached("created")),
      confirm: (commands) => Effect.tap(orders.confirm(commands), reached("confirmed"))
    },
    inventory: {
      ...inventory,
      reserve: (commands) => Effect.tap(inventory.reserve(commands), reached("reserved"))
    },
    payments: {
      authorize: (commands) =>
        Effect.andThen(reached("entry written"), Effect.tap(payments.authorize(commands), reached("authorized"))),
      capture: (commands) => Effect.tap(payments.capture(commands), reached("captured")),
      settle: (commands) => Effect.tap(payments.settle(commands), reached("settled"))
    }
  }))

const program = Effect.scoped(
  Effect.gen(function* () {
    const configuration = yield* loadConfiguration
    const databases = yield* openDatabases(configuration, DATABASES)
    yield* prepareSchemas(databases, DATABASES)
    const configured = topologyOptions(configuration)
    const { checkout } = configured
    const options = {
      ...configured,
      checkout: {
        ...checkout,
        edge: { ...checkout.edge, leaseMs: 3_000 },
        sweep: { ...checkout.sweep, intervalMs: 100, retryMs: 1_000 },
        orchestrator: { ...checkout.orchestrator, leaseMs: 2_000 }
      }
    }
    const services = layerServices(databases, options, crashing(layerParticipants(databases, options)))
    yield* Effect.raceFirst(
      Layer.launch(layerDoor(databases, { port: configuration.port }).pipe(Layer.provide(services))),
      databases.lost
    )
  })
)

runProgram(program)
