import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { migrate } from "../../src/migrations/index.ts"
import { directoryWith } from "./Fixture.ts"

/** Nothing listens there: whoever is refused because of files was refused before anything ran. */
const connection = { host: "/nowhere", port: 5432, database: "d", username: "u", password: Redacted.make("p") }

const problemsWith = (files: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const directory = yield* directoryWith(Object.fromEntries(files.map((name) => [name, "SELECT 1"])))
    const error = yield* Effect.flip(migrate({ directory, connection, to: "latest" }))
    return error._tag === "InvalidMigrationDirectory" ? error.problems.join("; ") : error._tag
  })

describe("a directory of migrations", () => {
  it.effect.each([
    { files: ["0001.do.a.sql"], problem: "number 1 has 0 files to undo it" },
    { files: ["0001.undo.a.sql"], problem: "number 1 has 0 files to do it" },
    {
      files: ["0001.do.a.sql", "0001.undo.a.sql", "0003.do.c.sql", "0003.undo.c.sql"],
      problem: "number 3 stands where 2 belongs"
    },
    { files: ["0002.do.b.sql", "0002.undo.b.sql"], problem: "number 2 stands where 1 belongs" },
    { files: ["0001.do.a.sql", "0001.undo.b.sql"], problem: "number 1 has two names" },
    { files: ["0001.do.a.sql", "0001.do.b.sql", "0001.undo.a.sql"], problem: "number 1 has 2 files to do it" },
    { files: ["0001.do.a.sql", "0001.undo.a.sql", "0002_b.up.sql"], problem: "0002_b.up.sql is named otherwise" },
    { files: ["0001.do.it's.sql", "0001.undo.it's.sql"], problem: "0001.do.it's.sql is named otherwise" },
    { files: ["README.md"], problem: "there are none" }
  ])("is refused before anything runs when $problem", ({ files, problem }) =>
    Effect.gen(function* () {
      assert.include(yield* problemsWith(files), problem)
    })
  )

  it.effect("is refused when it does not exist", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(migrate({ directory: "/nowhere", connection, to: "latest" }))
      assert.include(error.message, "ENOENT")
    })
  )

  it.effect("is accepted when it has gapless pairs, whatever else lies in it", () =>
    Effect.gen(function* () {
      const files = ["0001.do.a.sql", "0001.undo.a.sql", "0002.do.b.sql", "0002.undo.b.sql", "README.md"]
      assert.strictEqual(yield* problemsWith(files), "DatabaseUnreachable")
    })
  )
})
