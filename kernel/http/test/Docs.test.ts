import { expect, it, layer } from "@effect/vitest"
import { openApiOf } from "@valerix/http"
import { Effect } from "effect"
import { HttpApi } from "effect/http-api"
import { ExampleApi, layerExample } from "./ExampleService.ts"
import { send } from "./Exchange.ts"

/** All values under a key, wherever it is in a document. */
const under = (document: unknown, key: string): ReadonlyArray<unknown> =>
  typeof document !== "object" || document === null
    ? []
    : Object.entries(document).flatMap(([name, value]) => [...(name === key ? [value] : []), ...under(value, key)])

layer(layerExample(), { excludeTestServices: true })("the description of an API", (test) => {
  test.effect("is an OpenAPI 3.1 document whose operation ids are unique and whose references exist", () =>
    Effect.gen(function* () {
      const { status, headers, json } = yield* send("/openapi.json")
      expect(status).toBe(200)
      expect(headers["content-type"]).toBe("application/json")
      expect(json["openapi"]).toMatch(/^3\.1\.\d+$/)
      const ids = under(json["paths"], "operationId")
      expect(ids).toContain("orders.placeOrder")
      expect(new Set(ids).size).toBe(ids.length)
      const names = Object.keys(openApiOf(ExampleApi).components.schemas)
      expect(names).toContain("OrderNotFound")
      expect(names.filter((name) => name.endsWith("Encoded"))).toEqual([])
      for (const reference of under(json, "$ref")) {
        expect(names.map((name) => `#/components/schemas/${name}`)).toContain(reference)
      }
    })
  )

  test.effect("lists the problems of every operation", () =>
    Effect.sync(() => {
      const { paths } = openApiOf(ExampleApi)
      const problems = (responses: object) =>
        Object.entries(responses)
          .filter(([, response]) => under(response, "application/problem+json").length > 0)
          .map(([status]) => Number(status))
      for (const { get, post } of Object.values(paths)) {
        if (get !== undefined) expect(problems(get.responses)).toEqual(expect.arrayContaining([400, 500, 503]))
        if (post !== undefined) {
          expect(problems(post.responses)).toEqual(expect.arrayContaining([400, 413, 415, 500, 503]))
        }
      }
      expect(problems(paths["/api/v1/orders/{order_id}"]?.get?.responses ?? {})).toContain(404)
    })
  )

  test.effect("names the headers that an operation takes", () =>
    Effect.sync(() => {
      const { paths } = openApiOf(ExampleApi)
      const headers = (path: string) =>
        (paths[path]?.get?.parameters ?? [])
          .filter((parameter) => parameter.in === "header")
          .map(({ name, required }) => ({ name, required }))
      const correlation = { name: "X-Correlation-ID", required: false }
      expect(headers("/api/v1/tenant")).toEqual([{ name: "X-Organization-ID", required: false }, correlation])
      expect(headers("/api/v1/correlation")).toEqual([correlation])
    })
  )

  test.effect("has a page that loads nothing from elsewhere", () =>
    Effect.gen(function* () {
      const { status, headers, text } = yield* send("/docs")
      expect(status).toBe(200)
      expect(headers["content-type"]).toMatch(/^text\/html/)
      expect(text).toContain("orders.placeOrder")
      const tags = text.replace(/<script>[\s\S]*?<\/script>/g, "")
      expect(tags).not.toMatch(/(?:src|href)\s*=/)
      expect(text).toContain('"withDefaultFonts":false')
      const policy = headers["content-security-policy"] ?? ""
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toMatch(/https?:|\*/)
    })
  )
})

it("describes APIs that are put together from several", () => {
  const document = openApiOf(HttpApi.make("all").addHttpApi(ExampleApi))
  expect(Object.keys(document.paths)).toEqual(Object.keys(openApiOf(ExampleApi).paths))
  expect(document.paths["/api/v1/orders"]?.post?.responses[413]).toBeDefined()
})
