import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { nameOf, systemStore } from "../../src/embedded/DataPlacement.ts"
import { EmbeddedServer } from "../../src/embedded/index.ts"

export const isRoot = process.getuid?.() === 0

/** A folder that is gone when the scope closes. `mode` 0o700 closes it to PostgreSQL's user when root runs the tests. */
export const temporaryFolder = (mode = 0o755): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const folder = await mkdtemp(join(tmpdir(), "valerix-test-"))
      await chmod(folder, mode)
      return folder
    }),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  )

/** A home that does not exist yet, and whose data are gone, wherever they were put, when the scope closes. */
export const temporaryHome = (mode?: number): Effect.Effect<string, never, Scope.Scope> =>
  Effect.flatMap(temporaryFolder(mode), (folder) =>
    Effect.acquireRelease(Effect.succeed(join(folder, "home")), (home) =>
      Effect.andThen(
        Effect.orDie(EmbeddedServer.reset({ home })),
        Effect.promise(() => rm(`${join(systemStore, nameOf(home))}.lock`, { force: true }))
      )
    )
  )

/**
 * One home for all tests of a file, with data in it: creating them takes longer than all the rest of a start. Tests
 * that use it keep to tables of their own.
 */
export const sharedHome = (services: ReadonlyArray<string>): (() => string) => {
  const scope = Scope.makeUnsafe()
  let home = ""
  beforeAll(async () => {
    home = await Effect.runPromise(temporaryHome().pipe(Scope.provide(scope)))
    await Effect.runPromise(Effect.scoped(EmbeddedServer.start({ home, services })))
  }, 60_000)
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)), 60_000)
  return () => home
}
