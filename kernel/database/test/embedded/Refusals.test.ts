import { mkdir, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { nameOf } from "../../src/embedded/DataPlacement.ts"
import { openHome } from "../../src/embedded/HomeFolder.ts"
import { lockHome } from "../../src/embedded/HomeLock.ts"
import { EmbeddedServer, type EmbeddedServerError } from "../../src/embedded/index.ts"
import { temporaryFolder, temporaryHome } from "./TemporaryHome.ts"

const services = ["orders"]

const refused = (options: { home: string; services?: ReadonlyArray<string>; settings?: Record<string, string> }) =>
  Effect.scoped(EmbeddedServer.start({ services, ...options })).pipe(
    Effect.flip,
    Effect.map((error: EmbeddedServerError) => error.reason)
  )

describe("the embedded server refuses", { timeout: 60_000 }, () => {
  it.live("a folder that is in use, and a reset of it, naming the process", () =>
    Effect.gen(function* () {
      const home = yield* temporaryFolder()
      yield* Effect.flatMap(openHome(home), lockHome)
      const reason = yield* refused({ home })
      assert.strictEqual(reason._tag, "HomeInUse")
      assert.include(reason.message, `process ${process.pid}`)
      const error = yield* Effect.flip(EmbeddedServer.reset({ home }))
      assert.strictEqual(error.reason._tag, "HomeInUse")
    })
  )

  it.live("data of another PostgreSQL major", () =>
    Effect.gen(function* () {
      const home = yield* temporaryHome()
      yield* Effect.promise(async () => {
        await mkdir(join(home, "postgres"), { recursive: true })
        await writeFile(join(home, "postgres", "PG_VERSION"), "16\n")
      })
      const reason = yield* refused({ home })
      assert.strictEqual(reason._tag, "OtherPostgresMajor")
      assert.include(reason.message, "written by PostgreSQL 16")
    })
  )

  it.live("data whose credentials are missing or unreadable, without repeating what it read", () =>
    Effect.gen(function* () {
      const home = yield* temporaryHome()
      yield* Effect.promise(async () => {
        await mkdir(join(home, "postgres"), { recursive: true })
        await writeFile(join(home, "postgres", "PG_VERSION"), "18\n")
      })
      const missing = yield* refused({ home })
      assert.strictEqual(missing._tag, "CredentialsUnusable")
      yield* Effect.promise(() => writeFile(join(home, "credentials.json"), '{"admin":"hunter2"}'))
      const broken = yield* refused({ home })
      assert.strictEqual(broken._tag, "CredentialsUnusable")
      assert.notInclude(JSON.stringify(broken) + String(broken), "hunter2")
    })
  )

  it.live("a folder of other files as data", () =>
    Effect.gen(function* () {
      const home = yield* temporaryHome()
      const data = join(home, "postgres")
      yield* Effect.promise(async () => {
        await mkdir(data, { recursive: true })
        await writeFile(join(data, "letter.txt"), "keep me")
      })
      assert.strictEqual((yield* refused({ home }))._tag, "DataUnusable")
      assert.strictEqual((yield* Effect.flip(EmbeddedServer.reset({ home }))).reason._tag, "DataUnusable")
      yield* Effect.promise(() => rm(data, { recursive: true }))
    })
  )

  it.live("a socket directory that is a link to elsewhere", () =>
    Effect.gen(function* () {
      const home = yield* temporaryHome()
      const directory = join(tmpdir(), `valerix-${nameOf(home)}`)
      yield* Effect.acquireRelease(
        Effect.promise(() => symlink("/tmp", directory)),
        () => Effect.promise(() => rm(directory, { force: true }))
      )
      assert.strictEqual((yield* refused({ home }))._tag, "SocketDirectoryUnsafe")
    })
  )

  it.live("settings that would give up durability or are its own", () =>
    Effect.gen(function* () {
      const home = yield* temporaryHome()
      for (const setting of ["fsync", "full_page_writes", "synchronous_commit", "listen_addresses", "x y"]) {
        assert.strictEqual((yield* refused({ home, settings: { [setting]: "off" } }))._tag, "SettingRefused")
      }
    })
  )

  it.live("names that cannot be a database", () =>
    Effect.gen(function* () {
      const home = yield* temporaryHome()
      for (const names of [["postgres"], ['a"b'], ["Orders"], ["orders", "orders"], [""]]) {
        assert.strictEqual((yield* refused({ home, services: names }))._tag, "InvalidServiceName")
      }
    })
  )
})
