import { InventoryCommands } from "@valerix/inventory/contract"
import { OrdersCommands } from "@valerix/orders/contract"
import { type AuthorizeOutcome, PaymentsCommands } from "@valerix/payments/contract"
import { notSent, type Outcome } from "@valerix/saga"
import { Context, Effect } from "effect"
import type { Host } from "../world/Host.ts"
import { type MessageTrouble, send } from "../world/Network.ts"
import type { SimulatedProcess } from "../world/SimulatedProcess.ts"
import type { World } from "../world/World.ts"
import { SERVICE_DELAYS } from "./Trouble.ts"

export interface ParticipantHosts {
  readonly orders: Host<OrdersCommands>
  readonly inventory: Host<InventoryCommands>
  readonly payments: Host<PaymentsCommands>
}

const REFUSED: Outcome = notSent("connection refused")
const NOT_AUTHORIZED: AuthorizeOutcome = { _tag: "Unavailable", reason: "connection refused" }

/**
 * The participants as a process reaches them over the network. A call whose answer does not come never ends: its caller
 * has to have a limit.
 */
export const participantsFrom = (
  world: World,
  from: SimulatedProcess,
  hosts: ParticipantHosts,
  trouble: MessageTrouble
): Context.Context<OrdersCommands | InventoryCommands | PaymentsCommands> => {
  const ask = <Service, A>(
    to: Host<Service>,
    about: string,
    handle: (services: Context.Context<Service>) => Effect.Effect<A>,
    refused: A
  ): Effect.Effect<A> =>
    send(
      world,
      { about, from, to: to.process, takeDown: to.takeDown, trouble, delays: SERVICE_DELAYS },
      Effect.flatMap(to.offers, handle)
    ).pipe(Effect.catch(() => Effect.succeed(refused)))
  const { inventory, orders, payments } = hosts
  const outcomes = (commands: ReadonlyArray<unknown>) => commands.map(() => REFUSED)
  return Context.make(OrdersCommands, {
    create: (commands) =>
      ask(orders, "create", (services) => Context.get(services, OrdersCommands).create(commands), outcomes(commands)),
    confirm: (commands) =>
      ask(orders, "confirm", (services) => Context.get(services, OrdersCommands).confirm(commands), outcomes(commands)),
    cancel: (commands) =>
      ask(orders, "cancel", (services) => Context.get(services, OrdersCommands).cancel(commands), outcomes(commands))
  }).pipe(
    Context.add(InventoryCommands, {
      reserve: (commands) =>
        ask(inventory, "reserve", (all) => Context.get(all, InventoryCommands).reserve(commands), outcomes(commands)),
      release: (commands) =>
        ask(inventory, "release", (all) => Context.get(all, InventoryCommands).release(commands), outcomes(commands))
    }),
    Context.add(PaymentsCommands, {
      authorize: (commands) =>
        ask(
          payments,
          "authorize",
          (all) => Context.get(all, PaymentsCommands).authorize(commands),
          commands.map(() => NOT_AUTHORIZED)
        ),
      capture: (commands) =>
        ask(payments, "capture", (all) => Context.get(all, PaymentsCommands).capture(commands), outcomes(commands)),
      settle: (commands) =>
        ask(payments, "settle", (all) => Context.get(all, PaymentsCommands).settle(commands), outcomes(commands))
    })
  )
}
