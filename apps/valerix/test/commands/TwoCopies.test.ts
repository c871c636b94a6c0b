import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { DoctorReport } from "../../src/commands/doctor/DoctorReport.ts"
import { VERSION } from "../../src/Version.ts"
import { makeTestClient } from "../support/TestClient.ts"
import { freePort } from "./support/FreePort.ts"
import { runValerix, spawnCommand, startValerix, temporaryFolder } from "./support/Valerix.ts"

const CLONE = fileURLToPath(new URL("../../../..", import.meta.url))

const reportIn = (stdout: string) =>
  Schema.decodeUnknownSync(Schema.fromJsonString(Schema.toCodecJson(DoctorReport)))(stdout)

describe("two copies with a PORT and a VALERIX_HOME of their own", () => {
  it.live(
    "run side by side, and the command line of each speaks to its own, npx valerix too",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const copies = yield* Effect.forEach(["one", "two"], (name) =>
          Effect.gen(function* () {
            const home = join(folder, name)
            const environment = { VALERIX_HOME: home, PORT: String(yield* freePort) }
            const running = yield* startValerix(environment)
            yield* makeTestClient(running.url).product(`OF-${name}`, 1)
            return { name, environment, running }
          })
        )
        for (const { environment, name, running } of copies) {
          const listed = yield* runValerix(["products", "list", "--json"], environment)
          assert.deepStrictEqual(
            listed.stdout
              .trimEnd()
              .split("\n")
              .map((line) => JSON.parse(line).sku),
            [`OF-${name}`]
          )
          const looked = yield* runValerix(["doctor", "--json"], environment)
          const { findings } = reportIn(looked.stdout)
          const notWell = findings.filter(
            ({ check, result }) => result !== "OK" && !["memory", "disk", "node"].includes(check)
          )
          assert.deepStrictEqual(notWell, [])
          const of = (wanted: string) => findings.find(({ check }) => check === wanted)?.found ?? ""
          assert.include(of("lock"), `process ${running.processId} `)
          assert.include(of("port"), `port ${environment.PORT} is used by valerix`)
        }
        const [one, two] = copies
        const mixed = { VALERIX_HOME: one?.environment.VALERIX_HOME ?? "", PORT: two?.environment.PORT ?? "" }
        const confused = yield* runValerix(["doctor", "--json"], mixed)
        const port = reportIn(confused.stdout).findings.find(({ check }) => check === "port")
        assert.deepStrictEqual([port?.result, port?.found.includes("does not run on this folder")], ["WARN", true])

        const below = join(CLONE, "docs")
        const version = yield* Effect.promise(() => spawnCommand(["npx", "valerix", "--version"], {}, below).gone)
        assert.deepStrictEqual([version.code, version.stdout.includes(VERSION)], [0, true], version.stderr)
        const environment = one?.environment ?? {}
        const asked = yield* Effect.promise(
          () => spawnCommand(["npx", "valerix", "products", "list", "--json"], environment, CLONE).gone
        )
        assert.include(asked.stdout, "OF-one")
      }),
    300_000
  )

  it.live("do not come into being by looking: doctor makes nothing in a folder that is empty", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const home = join(folder, "empty")
      yield* Effect.promise(() => mkdir(home))
      const looked = yield* runValerix(["doctor", "--json"], { VALERIX_HOME: home, PORT: "0" })
      const embedded = reportIn(looked.stdout).findings.find(({ check }) => check === "embedded_server")
      assert.strictEqual(embedded?.found, "there are no data yet")
    })
  )
})
