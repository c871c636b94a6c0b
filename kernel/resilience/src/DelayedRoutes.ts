import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"
import type { Gremlin } from "./Gremlin.ts"

/** Routes of a service, each of which waits for the gremlin before it does anything. */
export const layerDelayed = <A, E, R>(gremlin: Pick<Gremlin, "pause">, routes: Layer.Layer<A, E, R>) =>
  routes.pipe(Layer.provide(HttpRouter.middleware((route) => Effect.andThen(gremlin.pause, route)).layer))
