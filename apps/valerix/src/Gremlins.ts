import { Gremlin, layerDelayed, layerGremlinApi } from "@valerix/resilience"
import { Effect, Layer } from "effect"
import type { Configuration } from "./Configuration.ts"
import { layerCommandsAround, type ParticipantCommands } from "./ParticipantCommands.ts"

/** What can make the participants slow. */
export interface Gremlins {
  readonly inventory: Gremlin<keyof ParticipantCommands["inventory"]>
  readonly payments: Gremlin<keyof ParticipantCommands["payments"]>
}

/** One for each participant that has one; none unless they are asked for. */
export const makeGremlins = ({ hasGremlins }: Configuration): Gremlins | undefined =>
  hasGremlins
    ? { inventory: new Gremlin("reserve", "release"), payments: new Gremlin("authorize", "capture", "settle") }
    : undefined

/** Routes of a service, delayed by its gremlin if it has one. */
export const routesOf = <A, E, R>(gremlin: Pick<Gremlin, "pause"> | undefined, routes: Layer.Layer<A, E, R>) =>
  gremlin === undefined ? routes : layerDelayed(gremlin, routes)

/** The endpoints by which a gremlin is told what to do, where there is one. */
export const controlsOf = (gremlin: Gremlin | undefined) =>
  gremlin === undefined ? Layer.empty : layerGremlinApi(gremlin)

/**
 * The participants' commands as they are for callers in another service: delayed. What a participant asks of itself is
 * not, or its endpoints would be delayed twice.
 */
export const layerDelayedCommands = ({ inventory, payments }: Gremlins) =>
  layerCommandsAround((commands) => ({
    orders: commands.orders,
    inventory: {
      reserve: (orders) => Effect.andThen(inventory.pauseBefore("reserve"), commands.inventory.reserve(orders)),
      release: (orders) => Effect.andThen(inventory.pauseBefore("release"), commands.inventory.release(orders))
    },
    payments: {
      authorize: (orders) => Effect.andThen(payments.pauseBefore("authorize"), commands.payments.authorize(orders)),
      capture: (orders) => Effect.andThen(payments.pauseBefore("capture"), commands.payments.capture(orders)),
      settle: (orders) => Effect.andThen(payments.pauseBefore("settle"), commands.payments.settle(orders))
    }
  }))
