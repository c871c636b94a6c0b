import { lstat, readdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { openHome } from "../../src/embedded/HomeFolder.ts"
import { locateBinaries, prepareBinaries } from "../../src/embedded/PostgresBinaries.ts"
import { openEndpoint } from "../../src/embedded/ServerEndpoint.ts"
import { serverSettings } from "../../src/embedded/ServerSettings.ts"
import { findServerUser } from "../../src/embedded/ServerUser.ts"
import { isRoot, temporaryFolder } from "./TemporaryHome.ts"

const gibibyte = 1024 ** 3

describe("where the server's parts are", { timeout: 60_000 }, () => {
  it.live.skipIf(!isRoot)("binaries in a closed folder are copied once to where PostgreSQL's user can run them", () =>
    Effect.gen(function* () {
      const [closed, store] = [yield* temporaryFolder(0o700), yield* temporaryFolder()]
      const user = yield* findServerUser(join(closed, "none"))
      const located = yield* locateBinaries
      const folder = join(closed, "package")
      yield* Effect.promise(() => symlink(located.package, folder))
      const postgres = join(folder, "native", "bin", "postgres")
      const outOfReach = { ...located, package: folder, postgres }
      const copy = yield* prepareBinaries(outOfReach, user, store)
      assert.strictEqual(copy.postgres, join(store, `postgresql-${located.version}`, "native", "bin", "postgres"))
      const copied = yield* Effect.promise(() => lstat(copy.postgres))
      assert.deepStrictEqual(yield* prepareBinaries(outOfReach, user, store), copy)
      assert.strictEqual((yield* Effect.promise(() => lstat(copy.postgres))).ino, copied.ino)
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(store)), [`postgresql-${located.version}`])
    })
  )

  it.live("the socket's path fits into a socket address, however long the home's path is", () =>
    Effect.gen(function* () {
      const home = yield* openHome(join(yield* temporaryFolder(), "a-long-name".repeat(12)))
      const endpoint = yield* openEndpoint(home, yield* findServerUser(home.data))
      assert.match(endpoint.host, /^\//)
      assert.isBelow(`${endpoint.host}/.s.PGSQL.${endpoint.port}`.length, 104)
      const { mode } = yield* Effect.promise(() => lstat(endpoint.host))
      assert.strictEqual(mode & 0o777, 0o700)
    })
  )

  it.live("without Unix sockets the server listens on this machine's own address only", () =>
    Effect.gen(function* () {
      const home = yield* openHome(yield* temporaryFolder())
      const endpoint = yield* openEndpoint(home, { name: "somebody", uid: undefined, as: undefined })
      assert.strictEqual(endpoint.host, "127.0.0.1")
      const settings = yield* serverSettings(endpoint, {}, gibibyte)
      assert.include(settings, "listen_addresses = '127.0.0.1'")
      assert.include(settings, "unix_socket_directories = ''")
    })
  )

  it.effect("buffers grow with the machine's memory up to 512 MB, and a caller's settings win", () =>
    Effect.gen(function* () {
      const endpoint = { host: "/tmp/x", port: 5432, socketDirectory: "/tmp/x" }
      const buffersOf = (memory: number, settings = {}) =>
        Effect.map(serverSettings(endpoint, settings, memory), (text) => /shared_buffers = '(.*)'/.exec(text)?.[1])
      assert.strictEqual(yield* buffersOf(gibibyte), "128MB")
      assert.strictEqual(yield* buffersOf(4 * gibibyte), "512MB")
      assert.strictEqual(yield* buffersOf(64 * gibibyte), "512MB")
      assert.strictEqual(yield* buffersOf(64 * gibibyte, { shared_buffers: "1GB" }), "1GB")
      assert.include(yield* serverSettings(endpoint, { search_path: "a\\'b" }, gibibyte), "search_path = 'a\\\\''b'")
    })
  )
})
