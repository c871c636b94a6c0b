import { execFileSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { EmbeddedServer } from "../../src/embedded/index.ts"
import { ask, eventually, isGone } from "./Asking.ts"
import { type Child, runChild } from "./ChildProcess.ts"
import { sharedHome, temporaryFolder } from "./TemporaryHome.ts"

const serverOf = ({ report }: Child): number => {
  if (report.type !== "running") throw new Error(`The server did not start: ${JSON.stringify(report)}`)
  return report.serverProcessId
}

const sharedFolder = sharedHome(["orders"])
const start = (home: string) => EmbeddedServer.start({ home, services: ["orders"] })

const isNoted = (home: string, id: number) =>
  Effect.scoped(
    Effect.flatMap(start(home), (server) =>
      ask(server.connection("orders", "owner"), `SELECT FROM note WHERE id = ${id}`)
    )
  ).pipe(Effect.map((rows) => rows.length === 1))

/** The shells that watch a server: all processes of its session besides itself. */
const watchersOf = (serverProcessId: number): ReadonlyArray<number> => {
  const list = execFileSync("ps", ["-e", "-o", "pid=,sess="], { encoding: "utf8" })
  const processes = list
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
  const session = processes.find(([processId]) => processId === serverProcessId)?.[1]
  return processes.flatMap(([processId, of]) =>
    processId !== undefined && of === session && processId !== serverProcessId ? [processId] : []
  )
}

describe("when processes are killed", { timeout: 60_000 }, () => {
  it.live("a killed Valerix frees its folder and takes PostgreSQL along, and committed data are there", () =>
    Effect.gen(function* () {
      const home = sharedFolder()
      const child = yield* runChild("ServerProgram.ts", [home, "1"])
      const server = serverOf(child)
      child.process.kill("SIGKILL")
      yield* eventually(isGone(server), "the server is gone")
      assert.isTrue(yield* isNoted(home, 1))
      assert.notInclude(child.output(), "ExperimentalWarning")
    })
  )

  it.live("a start right after the kill does not wait for anybody to clean up", () =>
    Effect.gen(function* () {
      const home = sharedFolder()
      const child = yield* runChild("ServerProgram.ts", [home, "2"])
      child.process.kill("SIGKILL")
      yield* eventually(isGone(child.process.pid ?? 0), "the process is gone")
      assert.isTrue(yield* isNoted(home, 2))
    })
  )

  it.live("a server that has lost its supervisor and its Valerix is stopped by the next start", () =>
    Effect.gen(function* () {
      const home = sharedFolder()
      const child = yield* runChild("ServerProgram.ts", [home, "3"])
      const server = serverOf(child)
      const watchers = watchersOf(server)
      assert.isAtLeast(watchers.length, 2)
      child.process.kill("SIGSTOP")
      for (const watcher of watchers) process.kill(watcher, "SIGKILL")
      child.process.kill("SIGKILL")
      yield* eventually(isGone(child.process.pid ?? 0), "the process is gone")
      assert.isFalse(yield* isGone(server), "nobody is left to stop the server")
      assert.isTrue(yield* isNoted(home, 3))
      yield* eventually(isGone(server), "the earlier server is gone")
    })
  )

  it.live("committed data survive when everything is killed at once", () =>
    Effect.gen(function* () {
      const home = sharedFolder()
      const child = yield* runChild("ServerProgram.ts", [home, "4"])
      const server = serverOf(child)
      child.process.kill("SIGSTOP")
      for (const processId of [...watchersOf(server), server]) process.kill(processId, "SIGKILL")
      child.process.kill("SIGKILL")
      yield* eventually(isGone(child.process.pid ?? 0), "the process is gone")
      assert.isTrue(yield* isNoted(home, 4))
    })
  )

  it.live("a server whose supervisor alone was killed is replaced while Valerix runs", () =>
    Effect.gen(function* () {
      const home = sharedFolder()
      const server = yield* start(home)
      const first = yield* server.processId
      for (const watcher of watchersOf(first)) process.kill(watcher, "SIGKILL")
      yield* eventually(
        Effect.map(server.processId, (processId) => processId !== first),
        "another server runs"
      )
      yield* eventually(isGone(first), "the first server is gone")
      assert.deepStrictEqual(yield* ask(server.admin, "SELECT 1 AS one"), [{ one: 1 }])
    })
  )

  it.live("of several that reach for a folder at once, one gets it, and the next when it dies", () =>
    Effect.gen(function* () {
      const home = yield* temporaryFolder()
      const race = Effect.all(
        Array.from({ length: 3 }, () => runChild("LockProgram.ts", [home])),
        { concurrency: "unbounded" }
      )
      const children = yield* race
      const holders = children.filter(({ report }) => report.type === "holding")
      assert.strictEqual(holders.length, 1)
      const holder = holders[0]?.process
      for (const { report } of children) {
        if (report.type === "refused") assert.include(report.message, `Valerix process ${holder?.pid}`)
      }
      holder?.kill("SIGKILL")
      yield* eventually(isGone(holder?.pid ?? 0), "the holder is gone")
      assert.strictEqual((yield* runChild("LockProgram.ts", [home])).report.type, "holding")
    })
  )
})
