import {
  type AcceptOrders,
  type CancelOrder,
  type CheckoutOptions,
  checkoutDefaults,
  type LedgerEntry,
  layerEdgeRole,
  layerOrchestratorRole,
  ORDER_SAGA_VERSION,
  OrderLedgerMemory
} from "@valerix/checkout/memory"
import { makeInventoryMemory } from "@valerix/inventory/memory"
import { makeOrdersMemory } from "@valerix/orders/memory"
import { makePaymentsMemory, PaymentProviderMemory, type ProviderEffect } from "@valerix/payments/memory"
import type { IsUnfit, TransactionPath } from "@valerix/saga"
import { Context, Effect, Layer } from "effect"
import type { Plan, UnfitFor } from "../customers/Plan.ts"
import { Host } from "../world/Host.ts"
import { SimulatedProcess } from "../world/SimulatedProcess.ts"
import type { World } from "../world/World.ts"
import { transactionPath } from "./DatabaseLine.ts"
import { ledgerFrom } from "./LedgerLine.ts"
import { orderIds } from "./OrderIds.ts"
import { participantsFrom } from "./Participants.ts"
import { providerFrom } from "./ProviderLine.ts"
import { chooseTrouble } from "./Trouble.ts"
import { WakeUps } from "./WakeUps.ts"

const EDGES = ["edge 1", "edge 2"] as const
const ORCHESTRATORS = ["orchestrator 1", "orchestrator 2"] as const

const DEFAULTS = checkoutDefaults({
  pollIntervalMs: 60_000,
  downstreamLimitMs: 2_000,
  retryDelaysMs: [1_000, 4_000, 16_000, 64_000]
})
/** Looks for work less often than the real program, because looking costs a simulation more than waiting. */
const optionsOf = (concurrentBatches: number): CheckoutOptions => ({
  ...DEFAULTS,
  sweep: { ...DEFAULTS.sweep, intervalMs: 10_000 },
  orchestrator: { ...DEFAULTS.orchestrator, concurrentBatches }
})

export type Edge = Host<AcceptOrders | CancelOrder>

/**
 * All of Valerix as it runs in a fleet: two edges, two orchestrators, three participants and a payment provider, each on a
 * host of its own; and its databases, which outlive every crash.
 */
export const makeCluster = (world: World, plan: Plan) => {
  const { choices } = world
  const trouble = chooseTrouble(world)
  const options = optionsOf(1 + choices.below("concurrent batches", 2))
  const ledger = new OrderLedgerMemory({ newOrderId: orderIds(world), sagaVersion: ORDER_SAGA_VERSION })
  const isUnfitFor =
    (participant: UnfitFor): IsUnfit =>
    ({ sagaId }) => {
      const key = ledger.entries.get(sagaId)?.request.idempotencyKey
      return plan.customers.some(({ entry, unfitFor }) => unfitFor === participant && entry.idempotencyKey === key)
    }
  const orders = makeOrdersMemory(isUnfitFor("orders"))
  const inventory = makeInventoryMemory(isUnfitFor("inventory"))
  const payments = makePaymentsMemory()
  const provider = new PaymentProviderMemory({ validityMs: plan.authorizationValidityMs })
  const ledgerDatabase = new SimulatedProcess("ledger database", world.time)
  const providerProcess = new SimulatedProcess("provider", world.time)
  const wakeUps = new WakeUps(world, trouble.service.lost)

  const pathOf = (process: SimulatedProcess): TransactionPath => transactionPath(world, process, trouble.database)
  const participants = {
    orders: new Host(world, "orders", (process) => orders.layer(pathOf(process))),
    inventory: new Host(world, "inventory", (process) => inventory.layer(pathOf(process))),
    payments: new Host(world, "payments", (process) =>
      payments
        .layer(pathOf(process))
        .pipe(
          Layer.provide(
            Layer.succeedContext(providerFrom(world, process, provider.provider, providerProcess, trouble.service))
          )
        )
    )
  }
  const surroundings = (process: SimulatedProcess, listens: boolean) =>
    Layer.succeedContext(
      Context.mergeAll(
        ledgerFrom(world, process, ledger, ledgerDatabase, trouble.database),
        participantsFrom(world, process, participants, trouble.service),
        wakeUps.hintsFor(process, listens)
      )
    )
  const edges = EDGES.slice(0, 1 + choices.below("edges", 2)).map(
    (name): Edge =>
      new Host(world, name, (process) => layerEdgeRole(options).pipe(Layer.provide(surroundings(process, false))))
  )
  const orchestrators = ORCHESTRATORS.slice(0, 1 + choices.below("orchestrators", 2)).map(
    (name) =>
      new Host(world, name, (process) =>
        layerOrchestratorRole(options).pipe(Layer.provide(surroundings(process, true)), Layer.orDie)
      )
  )
  const hosts = [participants.orders, participants.inventory, participants.payments, ...edges, ...orchestrators]
  /** Those that begin something by themselves. */
  const roles = [...edges, ...orchestrators]

  /** What the provider did for an order, by its own books. */
  const effectsAtProvider = ({ orderId, organizationId }: LedgerEntry): ReadonlyArray<ProviderEffect> => {
    const found: Array<ProviderEffect> = []
    const read = provider.statement.ofOrders(organizationId, [orderId])
    providerProcess.run(Effect.map(read, (effects) => found.push(...effects)))
    return found
  }
  return {
    trouble,
    ledger,
    ledgerDatabase,
    wakeUps,
    orders,
    inventory,
    payments,
    effectsAtProvider,
    edges,
    roles,
    hosts
  }
}

export type Cluster = ReturnType<typeof makeCluster>
