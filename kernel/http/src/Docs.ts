import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { type HttpApi, type HttpApiGroup, HttpApiScalar, OpenApi } from "effect/http-api"
import { describeDoor } from "./DescribeDoor.ts"

/** The page brings everything with it; the browser is told to fetch nothing from anywhere else. */
const NOTHING_FROM_ELSEWHERE = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

/** How the page looks: nothing of it leads to a service of somebody else's, but for the link to its makers. */
const PAGE = {
  withDefaultFonts: false,
  favicon: "data:,",
  showDeveloperTools: "never",
  hideClientButton: true,
  telemetry: false,
  defaultOpenAllTags: true,
  // A long path goes on in the next line, and nothing makes the page wider than a narrow screen.
  customCss:
    ".endpoint .endpoint-path { white-space: normal; overflow-wrap: anywhere } #api-reference-container { overflow-x: clip }",
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" }
}

const contentPolicy = HttpRouter.middleware((page) =>
  Effect.map(page, HttpServerResponse.setHeader("content-security-policy", NOTHING_FROM_ELSEWHERE))
)

/** The OpenAPI 3.1 document of an API, with what the door adds to every operation. */
export const openApiOf = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): OpenApi.OpenAPISpec => OpenApi.fromApi(api.annotateMerge(describeDoor(api)))

/** `GET /openapi.json` and, for people, the page `GET /docs`. */
export const layerDocs = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): Layer.Layer<never, never, HttpRouter.HttpRouter> =>
  Layer.merge(
    HttpRouter.add("GET", "/openapi.json", HttpServerResponse.jsonUnsafe(openApiOf(api))),
    HttpApiScalar.layer(api.annotateMerge(describeDoor(api)), {
      path: "/docs",
      scalar: PAGE
    }).pipe(Layer.provide(contentPolicy.layer))
  )
