import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { openNotImported, type RowNotImported, reopenNotImported } from "../../src/import/NotImportedFile.ts"
import { temporaryFolder } from "../commands/support/Valerix.ts"

const HEADER = ["a", "b"]

const rowAt = (line: number): RowNotImported => ({
  row: { number: line - 1, line, cells: [`é${line}`, ""] },
  reason: "invalid",
  field: "b",
  message: "b is required"
})

/** The list that a run has left that was stopped after it had kept the first row. */
const stopped = Effect.fnUntraced(function* (path: string) {
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const list = yield* openNotImported(path, HEADER)
      list.add(rowAt(2))
      const kept = yield* list.flush
      list.add(rowAt(3))
      yield* list.flush
      return kept
    })
  )
})

describe("the list of rows that are not imported", () => {
  it.live("is gone on with where it was kept, time after time, and has every row once", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "list.csv")
      let kept = yield* stopped(path)
      for (const line of [3, 4]) {
        kept = yield* Effect.scoped(
          Effect.gen(function* () {
            const list = yield* reopenNotImported(path, kept)
            list?.add(rowAt(line))
            return list === undefined ? kept : yield* list.flush
          })
        )
      }
      const lines = (yield* Effect.promise(() => readFile(path, "utf8"))).trimEnd().split("\n")
      assert.deepStrictEqual(
        lines.map((line) => line.split(",")[0]),
        ["line", "2", "3", "4"]
      )
    })
  )

  it.live("is not gone on with when it is gone, too short, or lists the rows of another import", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "list.csv")
      const kept = yield* stopped(path)
      const whole = yield* Effect.promise(() => readFile(path, "utf8"))
      const others = [whole.slice(0, 20), whole.replace("invalid", "refused"), ""]
      for (const other of others) {
        yield* Effect.promise(() => writeFile(path, other))
        assert.isUndefined(yield* Effect.scoped(reopenNotImported(path, kept)))
        assert.strictEqual(yield* Effect.promise(() => readFile(path, "utf8")), other)
      }
      assert.isUndefined(yield* Effect.scoped(reopenNotImported(`${path}.gone`, kept)))
    })
  )
})
