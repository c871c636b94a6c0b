import { Context, Effect, type Layer, Metric } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"

/** The path of a request that has no route: however many paths callers make up, they are one value. */
const NO_ROUTE = "unmatched"
const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
const BOUNDARIES_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

interface Series {
  readonly total: Metric.Counter<number>
  readonly duration: Metric.Histogram<number>
}

/**
 * Counts and times the requests of one server, by route and not by path, so that the number of series is bounded. They
 * are in a registry of the server's own: servers in one process, each of which is scraped, tell nothing twice.
 */
export class RequestMetrics {
  private readonly service: string
  private readonly context = Context.make(Metric.MetricRegistry, new Map())
  private readonly series = new Map<string, Series>()

  constructor(service: string) {
    this.service = service
  }

  /** `GET /metrics`, in the text format of Prometheus. */
  readonly layer: Layer.Layer<never, never, HttpRouter.HttpRouter> = HttpRouter.add(
    "GET",
    "/metrics",
    Effect.sync(() =>
      HttpServerResponse.text(PrometheusMetrics.formatUnsafe(this.context), { contentType: CONTENT_TYPE })
    )
  )

  /** Counts an answer to a method and a route, as it was declared: `/orders/:order_id`. */
  count(method: string, route: string | undefined, status: number, durationMs: number): void {
    const { duration, total } = this.seriesOf(method, route ?? NO_ROUTE, status)
    total.updateUnsafe(1, this.context)
    duration.updateUnsafe(durationMs / 1000, this.context)
  }

  private seriesOf(method: string, path: string, status: number): Series {
    const key = `${method} ${path} ${status}`
    const known = this.series.get(key)
    if (known !== undefined) return known
    const request = { service: this.service, method, path }
    const series = {
      total: Metric.counter("http_requests_total", {
        description: "Requests that were answered.",
        attributes: { ...request, status_code: String(status) },
        incremental: true
      }),
      duration: Metric.histogram("http_request_duration_seconds", {
        description: "How long it took to answer, in seconds.",
        attributes: request,
        boundaries: BOUNDARIES_S
      })
    }
    this.series.set(key, series)
    return series
  }
}
