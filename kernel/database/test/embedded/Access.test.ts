import { execFileSync } from "node:child_process"
import { chown, lstat, mkdir, readdir, readFile, readlink, stat } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Schedule } from "effect"
import { EmbeddedServer } from "../../src/embedded/index.ts"
import { ask, passwordsOf } from "./Asking.ts"
import { runChild } from "./ChildProcess.ts"
import { canRunAsNobody, nobody } from "./Nobody.ts"
import { isRoot, temporaryFolder, temporaryHome } from "./TemporaryHome.ts"

describe("who can reach what", { timeout: 60_000 }, () => {
  it.live("no password shows in a process list, an environment or the log, from the first start on", () =>
    Effect.gen(function* () {
      const home = yield* temporaryHome()
      const seen: Array<string> = []
      const look = Effect.sync(() => {
        seen.push(execFileSync("ps", ["-e", "-ww", "-o", "args="], { encoding: "utf8" }))
      })
      const looking = yield* Effect.forkChild(Effect.repeat(look, Schedule.spaced("15 millis")))
      const server = yield* EmbeddedServer.start({ home, services: ["orders"] })
      yield* Fiber.interrupt(looking)
      const environment = yield* server.processId.pipe(
        Effect.flatMap((processId) => Effect.promise(() => readFile(`/proc/${processId}/environ`, "utf8")))
      )
      const log = yield* Effect.promise(() => readFile(join(home, "postgres.log"), "utf8"))
      const passwords = yield* passwordsOf(home)
      assert.strictEqual(passwords.length, 3)
      assert.isAbove(seen.filter((list) => list.includes("initdb")).length, 0, "initdb was watched")
      const everything = [...seen, environment, log, JSON.stringify(server.admin), String(server.admin.password)].join()
      for (const password of passwords) assert.isFalse(everything.includes(password))
      assert.notMatch(log, /SCRAM-SHA-256\$/)
      const { mode } = yield* Effect.promise(() => stat(join(home, "credentials.json")))
      assert.strictEqual(mode & 0o777, 0o600)
    })
  )

  it.live.skipIf(!canRunAsNobody)("a folder that cannot be written to gives one clear message", () =>
    Effect.gen(function* () {
      const home = join(yield* temporaryFolder(), "home")
      const { report } = yield* runChild("ServerProgram.ts", [home], nobody)
      assert.strictEqual(report.type, "refused")
      if (report.type !== "refused") return
      assert.strictEqual(report.reason, "HomeNotWritable")
      assert.include(report.message, home)
      assert.notInclude(report.message, "\n")
    })
  )

  it.live.skipIf(!canRunAsNobody)(
    "an ordinary user's server runs as that user, in a folder closed to everybody else",
    () =>
      Effect.gen(function* () {
        const home = yield* temporaryHome()
        yield* Effect.promise(async () => {
          await mkdir(home, { mode: 0o700 })
          await chown(home, nobody.uid, nobody.gid)
        })
        const { report } = yield* Effect.scoped(runChild("ServerProgram.ts", [home], nobody))
        assert.strictEqual(report.type, "running")
        const { uid } = yield* Effect.promise(() => stat(join(home, "postgres")))
        assert.strictEqual(uid, nobody.uid)
      })
  )

  it.live.skipIf(!isRoot)("root's server gets to its data although the home is closed to its user", () =>
    Effect.gen(function* () {
      const home = yield* temporaryHome(0o700)
      const start = EmbeddedServer.start({ home, services: ["orders"] })
      const owner = yield* Effect.scoped(
        Effect.gen(function* () {
          const server = yield* start
          yield* ask(server.connection("orders", "owner"), "CREATE TABLE note (id int); INSERT INTO note VALUES (7)")
          return yield* Effect.promise(() => stat(join(home, "postgres")))
        })
      )
      assert.isTrue((yield* Effect.promise(() => lstat(join(home, "postgres")))).isSymbolicLink())
      assert.match(yield* Effect.promise(() => readlink(join(home, "postgres"))), /^\/var\/lib\/valerix\/[0-9a-f]+$/)
      assert.notStrictEqual(owner.uid, 0)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const again = yield* start
          assert.deepStrictEqual(yield* ask(again.connection("orders", "owner"), "SELECT id FROM note"), [{ id: 7 }])
        })
      )
      const data = yield* Effect.promise(() => readlink(join(home, "postgres")))
      yield* EmbeddedServer.reset({ home })
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(home)), ["lock"], "a reset leaves nothing here")
      assert.isUndefined(yield* Effect.promise(() => lstat(data).catch(() => undefined)), "nor there")
    })
  )
})
