import { DateTime, Effect, type Layer } from "effect"
import { HttpRouter, HttpServerRespondable, HttpServerResponse } from "effect/http"
import { NotReady } from "./StandardProblems.ts"

const PROBE_LIMIT_MS = 2_000
const ANSWER_KEPT_MS = 1_000

/** Something that a service depends on, and how to find out whether it is there. */
export interface Probe {
  /** As it is named in the answer: `database`, `inventory-service`. */
  readonly name: string
  /** The word for "it is there"; its opposite is `disconnected` or `unreachable`. */
  readonly ok: "connected" | "reachable"
  /** Succeeds if it is there. Any failure, defect, or more than 2 s means that it is not. */
  readonly check: Effect.Effect<unknown, unknown>
  /** Whether the service cannot serve without it, so that `/ready` answers 503. */
  readonly neededToServe: boolean
}

interface Finding {
  readonly probe: Probe
  readonly isThere: boolean
}

const find = (probe: Probe): Effect.Effect<Finding> =>
  probe.check.pipe(
    Effect.timeout(PROBE_LIMIT_MS),
    Effect.matchCause({ onSuccess: () => ({ probe, isThere: true }), onFailure: () => ({ probe, isThere: false }) })
  )

const wordFor = ({ probe, isThere }: Finding): string =>
  isThere ? probe.ok : probe.ok === "connected" ? "disconnected" : "unreachable"

const wordsFor = (findings: ReadonlyArray<Finding>): Record<string, string> =>
  Object.fromEntries(findings.map((finding) => [finding.probe.name, wordFor(finding)]))

/**
 * `GET /health` tells how the service and its dependencies are, always with 200; `GET /ready` answers 503 while one that
 * is needed to serve is down. Both look at most once a second, however often they are asked.
 */
export const layerHealth = (options: {
  readonly service: string
  readonly probes: ReadonlyArray<Probe>
}): Layer.Layer<never, never, HttpRouter.HttpRouter> =>
  HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const findings = yield* Effect.cachedWithTTL(
        Effect.forEach(options.probes, find, { concurrency: "unbounded" }),
        ANSWER_KEPT_MS
      )
      const health = Effect.gen(function* () {
        const found = yield* findings
        const now = yield* DateTime.now
        return HttpServerResponse.jsonUnsafe({
          status: found.every(({ isThere }) => isThere) ? "healthy" : "degraded",
          service: options.service,
          timestamp: DateTime.formatIso(now).replace(/\.\d+Z$/, "Z"),
          dependencies: wordsFor(found)
        })
      })
      const ready = Effect.gen(function* () {
        const missing = (yield* findings).filter(({ probe, isThere }) => probe.neededToServe && !isThere)
        if (missing.length === 0) return HttpServerResponse.jsonUnsafe({ status: "ready" })
        const names = missing.map(({ probe }) => probe.name).join(", ")
        return yield* HttpServerRespondable.toResponse(
          new NotReady({ detail: `${names}: not there.`, dependencies: wordsFor(missing) })
        )
      })
      yield* router.add("GET", "/health", health)
      yield* router.add("GET", "/ready", ready)
    })
  )
