import { assert, describe, layer } from "@effect/vitest"
import { openApiOf } from "@valerix/http"
import { Contract } from "@valerix/testing/contract"
import { Effect, Layer } from "effect"
import { PublicApi } from "../src/PublicApi.ts"
import { browserPath, layerTestBrowser, TestBrowser } from "./support/Browser.ts"
import { layerTestProgram, TestProgram } from "./support/TestProgram.ts"

const WIDE = { width: 1280, height: 900 }
const NARROW = { width: 400, height: 800 }
const SHOWN_WITHIN_MS = 60_000

/** The reference in a browser, and what the browser asked for and complained of on the way. */
const openDocs = Effect.fnUntraced(function* (viewport: typeof WIDE) {
  const { url } = yield* TestProgram
  const browser = yield* TestBrowser
  const page = yield* Effect.promise(() => browser.newPage({ viewport }))
  page.setDefaultTimeout(SHOWN_WITHIN_MS)
  const asked: Array<string> = []
  const complaints: Array<string> = []
  page.on("request", (request) => asked.push(request.url()))
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text())
  })
  yield* Effect.promise(() => page.goto(`${url}/docs`, { waitUntil: "networkidle" }))
  return { page, asked, complaints, url }
})

const executablePath = browserPath()
if (executablePath === undefined) {
  process.stderr.write("/docs is not looked at in a browser: install Chromium, or name one with CHROMIUM_PATH.\n")
}

describe.skipIf(executablePath === undefined)("in a browser", () => {
  const layerAll = Layer.merge(layerTestProgram(), layerTestBrowser(executablePath ?? ""))
  layer(layerAll, { excludeTestServices: true, timeout: "120 seconds" })("the page /docs", (it) => {
    it.effect("lists every operation, and loads nothing from anywhere else", () =>
      Effect.gen(function* () {
        const { asked, complaints, page, url } = yield* openDocs(WIDE)
        const menu = page.getByRole("navigation")
        for (const { operation } of new Contract(openApiOf(PublicApi)).operations) {
          const entry = menu.getByText(operation.summary ?? "", { exact: true }).last()
          yield* Effect.promise(() => entry.waitFor({ state: "visible" }))
        }
        const elsewhere = asked.filter((one) => !one.startsWith(url) && !/^(data|blob):/.test(one))
        assert.deepStrictEqual([elsewhere, complaints], [[], []])
      })
    )

    it.effect("shows how an order is placed: headers, an example, and the schema of the answer", () =>
      Effect.gen(function* () {
        const { complaints, page } = yield* openDocs(WIDE)
        yield* Effect.promise(() => page.getByRole("navigation").getByText("Place an order").click())
        const operation = page.locator("section").filter({ has: page.getByRole("heading", { name: "Place an order" }) })
        for (const text of ["Idempotency-Key", "Prefer", "X-Organization-ID", "PROD-001", "ledger_status"]) {
          yield* Effect.promise(() => operation.getByText(text).first().waitFor({ state: "visible" }))
        }
        yield* Effect.promise(() => operation.getByText("Show Schema").first().click())
        yield* Effect.promise(() => operation.getByText("cancel_requested").first().waitFor({ state: "visible" }))
        assert.deepStrictEqual(complaints, [])
      })
    )

    it.effect("fits a narrow screen", () =>
      Effect.gen(function* () {
        const { page } = yield* openDocs(NARROW)
        // The last thing that is laid out of the first operation: what its statuses answer.
        yield* Effect.promise(() => page.getByRole("tab", { name: "503" }).first().waitFor({ state: "attached" }))
        const width = yield* Effect.promise(() => page.evaluate<number>("document.documentElement.scrollWidth"))
        assert.isAtMost(width, NARROW.width)
      })
    )
  })
})
