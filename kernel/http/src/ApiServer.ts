import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"
import { type HttpApi, HttpApiBuilder, type HttpApiGroup } from "effect/http-api"
import { layerDocs } from "./Docs.ts"
import { door } from "./Door.ts"
import { layerHealth, type Probe } from "./Health.ts"
import { type ListenOptions, layerHttpServer, SERVER_LIMITS, type ServerLimits } from "./HttpServerNode.ts"
import { KnownRoutes } from "./KnownRoutes.ts"
import { forLocalPages } from "./LocalPages.ts"
import { layerRequestChecks } from "./RequestChecksLive.ts"
import { RequestMetrics } from "./RequestMetrics.ts"
import { layerTenantFromHeader } from "./TenantFromHeader.ts"

/**
 * The routes of an API. Its groups get the request checks, and `TenantScope` from the header unless they were given
 * another one.
 */
export const layerApi = <Id extends string, Groups extends HttpApiGroup.Constraint, E, R>(
  api: HttpApi.HttpApi<Id, Groups>,
  groups: Layer.Layer<HttpApiGroup.ToService<Id, Groups>, E, R>
) => HttpApiBuilder.layer(api).pipe(Layer.provide(groups), Layer.provide([layerTenantFromHeader, layerRequestChecks]))

export interface ServerOptions extends ListenOptions {
  /** As it is named in the metrics: `inventory-service`. */
  readonly service: string
  /** How long the handling of a request may take: 15 s by default. */
  readonly handlingMaxMs?: number
  /** The server's other limits of time, for tests to shorten. */
  readonly limits?: ServerLimits
  /** Whether pages that this machine serves on other ports may call it; see LocalPages.ts. No, unless it is said. */
  readonly allowsLocalPages?: boolean
}

/** Serves routes: APIs, health, docs and whatever else is added to the router, and `/metrics`, all behind the same door. */
export const layerServer = <A, E, R>(routes: Layer.Layer<A, E, R>, options: ServerOptions) =>
  Layer.unwrap(
    Effect.sync(() => {
      const known = new KnownRoutes()
      const metrics = new RequestMetrics(options.service)
      const { allowsLocalPages = false, handlingMaxMs } = options
      const guard = door({
        methodsOf: (url) => known.methodsOf(url),
        onAnswer: (...answer) => metrics.count(...answer),
        ...(handlingMaxMs === undefined ? {} : { handlingMaxMs })
      })
      return HttpRouter.serve(
        Layer.merge(
          Layer.provide(Layer.merge(routes, metrics.layer), known.layer),
          HttpRouter.middleware((app) => (allowsLocalPages ? forLocalPages(guard(app)) : guard(app)), { global: true })
        ),
        { disableLogger: true, disableListenLog: true }
      )
    })
  ).pipe(Layer.provideMerge(layerHttpServer(options, options.limits ?? SERVER_LIMITS)))

/**
 * The whole HTTP side of a service: its API, `/health`, `/ready`, `/metrics`, `/openapi.json` and `/docs`. Gives `HttpServer`, whose
 * `address` is where it listens.
 */
export const layerApiServer = <Id extends string, Groups extends HttpApiGroup.Constraint, E, R>(
  api: HttpApi.HttpApi<Id, Groups>,
  groups: Layer.Layer<HttpApiGroup.ToService<Id, Groups>, E, R>,
  options: ServerOptions & { readonly probes: ReadonlyArray<Probe> }
) => layerServer(Layer.mergeAll(layerApi(api, groups), layerDocs(api), layerHealth(options)), options)
