import { Effect, Layer } from "effect"
import { HttpServer } from "effect/http"

/** Tells that the program is ready, and where. */
export const layerReadyMessage = Layer.effectDiscard(
  HttpServer.addressFormattedWith((url) => Effect.logInfo("Valerix is ready", { url, docs: `${url}/docs` }))
)
