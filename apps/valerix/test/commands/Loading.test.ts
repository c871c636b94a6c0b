import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { runValerix, temporaryFolder } from "./support/Valerix.ts"

const HOOK = new URL("./support/LoadedModules.ts", import.meta.url).href

/** What a service, a database or a server is made of. */
const HEAVY =
  /\/services\/\w+\/src\/(adapters\/|[A-Z]\w+(?<!Words)\.ts)|\/kernel\/(database|saga|messaging)\/|\/node_modules\/(@effect\/sql-pg|pg|postgrator|ws)\//

const loadedBy = Effect.fnUntraced(function* (args: ReadonlyArray<string>) {
  const folder = yield* temporaryFolder
  const list = join(folder, "loaded")
  const ended = yield* runValerix(args, { NODE_OPTIONS: `--import ${HOOK}`, LOADED_MODULES: list }, folder)
  const modules = (yield* Effect.promise(() => readFile(list, "utf8"))).split("\n")
  return { ended, modules, heavy: modules.filter((url) => HEAVY.test(url)) }
})

describe("a command", () => {
  it.live("says what it is for without loading what it works with", () =>
    Effect.gen(function* () {
      const { ended, heavy, modules } = yield* loadedBy(["verify", "--help"])
      assert.strictEqual(ended.code, 0)
      assert.isTrue(modules.some((url) => url.endsWith("/commands/Verify.ts")))
      assert.deepStrictEqual(heavy, [])
    })
  )

  it.live("asks a Valerix elsewhere with its contracts, and without a service, a database or a server", () =>
    Effect.gen(function* () {
      const { ended, heavy, modules } = yield* loadedBy(["orders", "list", "--url", "http://127.0.0.1:9"])
      assert.strictEqual(ended.code, 3)
      assert.isTrue(modules.some((url) => url.endsWith("/contract/CheckoutApi.ts")))
      assert.deepStrictEqual(heavy, [])
    })
  )

  it.live("that looks into databases does load them", () =>
    Effect.gen(function* () {
      const { heavy } = yield* loadedBy(["migrate", "status"])
      assert.isTrue(heavy.some((url) => url.includes("/kernel/database/")))
    })
  )
})
