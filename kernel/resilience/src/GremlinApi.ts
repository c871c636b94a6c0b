import { layerApi } from "@valerix/http"
import { notes, withProblems } from "@valerix/http/contract"
import { Effect, Schema } from "effect"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import type { Gremlin, Latency } from "./Gremlin.ts"

/** Longer than anybody waits who tries this. */
const DELAY_MAX_MS = 60_000

const DelayMs = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: DELAY_MAX_MS }))

const setNotes = notes({
  summary: "Make the service slow",
  description:
    "Delays all that the service does, from now on and until it is switched off or started anew: its endpoints, the commands that it is given, and its answer when it is asked for its health by others. With `operations` only those commands are delayed. What is left out stays as it is, but for `operations`.",
  examples: {
    on: { summary: "Three seconds", value: { enabled: true, delay_ms: 3_000 } },
    off: { summary: "As fast as it can be", value: { enabled: false } }
  }
})

/** `POST` and `GET /gremlin/latency` of a service that has these commands. */
export const gremlinApi = <Operation extends string>(operations: readonly [Operation, ...ReadonlyArray<Operation>]) => {
  const Operations = Schema.Array(Schema.Literals(operations)).check(
    Schema.isBetweenLength(1, operations.length),
    Schema.isUnique()
  )
  const LatencyView = Schema.Struct({
    enabled: Schema.Boolean,
    delay_ms: DelayMs,
    operations: Schema.optionalKey(Operations)
  }).annotate({ identifier: "Latency" })
  return HttpApi.make("gremlin")
    .add(
      HttpApiGroup.make("gremlin").add(
        HttpApiEndpoint.post("setLatency", "/gremlin/latency", {
          payload: Schema.Struct({
            enabled: Schema.Boolean,
            delay_ms: Schema.optionalKey(DelayMs),
            operations: Schema.optionalKey(Operations)
          }),
          success: LatencyView
        }).annotateMerge(setNotes),
        HttpApiEndpoint.get("getLatency", "/gremlin/latency", { success: LatencyView })
      )
    )
    .pipe(withProblems)
}

/** The endpoints by which a service is made slow. */
export const layerGremlinApi = <Operation extends string>(gremlin: Gremlin<Operation>) => {
  const api = gremlinApi(gremlin.operations)
  return layerApi(
    api,
    HttpApiBuilder.group(api, "gremlin", (handlers) =>
      handlers.handleAll({
        setLatency: ({ payload: { delay_ms = gremlin.latency.delayMs, enabled, operations } }) =>
          Effect.sync(() => {
            gremlin.latency = { enabled, delayMs: delay_ms, operations }
            return viewOf(gremlin.latency)
          }),
        getLatency: () => Effect.sync(() => viewOf(gremlin.latency))
      })
    )
  )
}

const viewOf = <Operation extends string>({ delayMs, enabled, operations }: Latency<Operation>) => ({
  enabled,
  delay_ms: delayMs,
  ...(operations === undefined ? {} : { operations })
})
