import { mkdir, readdir, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { dataBehind } from "../../src/embedded/DataPlacement.ts"
import { findHome } from "../../src/embedded/HomeFolder.ts"
import { EmbeddedServer } from "../../src/embedded/index.ts"
import { postmasterFile, readPostmaster, readyPostmaster } from "../../src/embedded/PostmasterFile.ts"
import { ask, eventually, isGone } from "./Asking.ts"
import { runChild } from "./ChildProcess.ts"
import { canRunAsNobody, nobody } from "./Nobody.ts"
import { isRoot, sharedHome, temporaryFolder } from "./TemporaryHome.ts"

const sharedFolder = sharedHome(["orders"])

const attach = (home: string, services: ReadonlyArray<string> = ["orders"]) => EmbeddedServer.attach({ home, services })
const refused = (home: string, services?: ReadonlyArray<string>) =>
  Effect.map(Effect.flip(attach(home, services)), ({ reason }) => reason)

/** A server on the shared home, run by a process of its own. */
const serverElsewhere = (id: string) =>
  Effect.gen(function* () {
    const home = sharedFolder()
    const child = yield* runChild("ServerProgram.ts", [home, id])
    if (child.report.type !== "running") return yield* Effect.die(new Error(JSON.stringify(child.report)))
    const { serverProcessId } = child.report
    yield* Effect.addFinalizer(() =>
      Effect.andThen(
        Effect.sync(() => child.process.kill("SIGKILL")),
        Effect.orDie(eventually(isGone(serverProcessId), "the server is gone"))
      )
    )
    return { home, child, serverProcessId }
  })

describe("attaching to the embedded server", { timeout: 60_000 }, () => {
  it.live("reaches the databases of a server that another process runs, and leaves that server running", () =>
    Effect.gen(function* () {
      const { home, serverProcessId } = yield* serverElsewhere("11")
      const before = yield* Effect.promise(() => readdir(home))
      const server = yield* Effect.scoped(attach(home))
      assert.deepStrictEqual(yield* ask(server.connection("orders", "service"), "SELECT current_user"), [
        { current_user: "orders_service" }
      ])
      assert.deepStrictEqual(yield* ask(server.connection("orders", "owner"), "SELECT id FROM note WHERE id = 11"), [
        { id: 11 }
      ])
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(home)), before)
      assert.isFalse(yield* isGone(serverProcessId))
      const error = yield* Effect.flip(EmbeddedServer.start({ home, services: ["orders"] }))
      assert.strictEqual(error.reason._tag, "HomeInUse", "the other process still owns the folder")
    })
  )

  it.live("tells when that server has gone", () =>
    Effect.gen(function* () {
      const { home, child } = yield* serverElsewhere("12")
      const server = yield* attach(home)
      child.process.kill("SIGKILL")
      const error = yield* Effect.timeout(Effect.flip(server.lost), "20 seconds")
      assert.strictEqual(error.reason._tag, "ServerNotRunning")
      assert.include(error.message, home)
    })
  )

  it.live("finds no server in a folder that does not exist, and does not create it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder()
      assert.strictEqual((yield* refused(join(folder, "home")))._tag, "ServerNotRunning")
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(folder)), [])
    })
  )

  it.live("finds no server where one was stopped", () =>
    Effect.gen(function* () {
      const home = sharedFolder()
      yield* Effect.scoped(EmbeddedServer.start({ home, services: ["orders"] }))
      assert.strictEqual((yield* refused(home))._tag, "ServerNotRunning")
    })
  )

  it.live("refuses a server without the database that is asked for", () =>
    Effect.gen(function* () {
      const { home } = yield* serverElsewhere("13")
      const reason = yield* refused(home, ["orders", "payments"])
      assert.strictEqual(reason._tag, "ServerOutOfReach")
      assert.include(reason.message, '"payments"')
    })
  )

  it.live.skipIf(!isRoot)("tells nobody a password who has put a folder where the socket was", () =>
    Effect.gen(function* () {
      const { home } = yield* serverElsewhere("14")
      const found = yield* findHome(home)
      if (found === undefined) return assert.fail("the home is there")
      const content = yield* Effect.promise(async () => readPostmaster(postmasterFile(await dataBehind(found))))
      const { socketDirectory } = readyPostmaster(content) ?? assert.fail("the server is ready")
      yield* Effect.acquireRelease(
        Effect.promise(async () => {
          await rename(socketDirectory, `${socketDirectory}.moved`)
          await mkdir(socketDirectory, { mode: 0o700 })
        }),
        () =>
          Effect.promise(async () => {
            await rm(socketDirectory, { recursive: true })
            await rename(`${socketDirectory}.moved`, socketDirectory)
          })
      )
      const reason = yield* refused(home)
      assert.strictEqual(reason._tag, "ServerOutOfReach")
      assert.include(reason.message, socketDirectory)
    })
  )

  it.live.skipIf(!canRunAsNobody)("is refused to another user in one clear message", () =>
    Effect.gen(function* () {
      const { home } = yield* serverElsewhere("15")
      const { report } = yield* runChild("AttachProgram.ts", [home], nobody)
      if (report.type !== "refused") return assert.fail(`it was not refused: ${JSON.stringify(report)}`)
      assert.strictEqual(report.reason, "ServerOutOfReach")
      assert.include(report.message, home)
      assert.notInclude(report.message, "\n")
    })
  )
})
