import { Effect, Layer } from "effect"
import { FindMyWay, HttpRouter } from "effect/http"

/** Remembers which routes a router was given, to tell a path that does not exist from one without the method asked for. */
export class KnownRoutes {
  private readonly known = new Set<string>()
  private readonly methods = new Set<string>()
  private readonly router = FindMyWay.make<true>()

  /** A router that adds routes to the one it stands before, and remembers them here. */
  readonly layer: Layer.Layer<HttpRouter.HttpRouter, never, HttpRouter.HttpRouter> = Layer.effect(
    HttpRouter.HttpRouter,
    Effect.map(HttpRouter.HttpRouter, (router) => this.remembering(router, ""))
  )

  /** The methods that the path of a URL has; none if there is no such path. */
  methodsOf(url: string): ReadonlyArray<string> {
    const methods = [...this.methods].filter((method) => this.router.find(method, url) !== undefined)
    return methods.includes("GET") ? [...methods, "HEAD"].sort() : methods.sort()
  }

  private remembering(router: HttpRouter.HttpRouter, prefix: string): HttpRouter.HttpRouter {
    return {
      ...router,
      prefixed: (more) => this.remembering(router.prefixed(more), HttpRouter.prefixPath(more, prefix)),
      add: (method, path, handler, options) => {
        this.remember(method, HttpRouter.prefixPath(path, prefix))
        return router.add(method, path, handler, options)
      },
      addAll: (routes) => {
        for (const { method, path } of routes) this.remember(method, HttpRouter.prefixPath(path, prefix))
        return router.addAll(routes)
      }
    }
  }

  private remember(method: string, path: string): void {
    const route = `${method} ${path}`
    if (method === "*" || !path.startsWith("/") || this.known.has(route)) return
    this.known.add(route)
    this.methods.add(method)
    this.router.on(method, `/${path.slice(1)}`, true)
  }
}
