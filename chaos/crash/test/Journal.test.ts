import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { openJournal } from "../src/load/Journal.ts"

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "valerix-journal-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)
const orders = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ organization: "one", key: `key-${index}`, order: `order-${index}` }))

describe("the journal of promised orders", () => {
  it.live("has an order on the disk before it counts it, however many come at once", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const file = join(yield* folder, "journal")
        const journal = yield* openJournal(file)
        const linesWhenKept = yield* Effect.promise(() =>
          Promise.all(
            orders(50).map(async (one) => {
              await journal.keep(one)
              return (await readFile(file, "utf8")).includes(`"${one.key}"`)
            })
          )
        )
        assert.deepStrictEqual(new Set(linesWhenKept), new Set([true]))
        assert.deepStrictEqual(journal.all(), orders(50))
      })
    )
  )

  it.live("goes on after it was cut off in the middle of a line, which had not been counted", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const file = join(yield* folder, "journal")
        const [first, second] = orders(2)
        if (first === undefined || second === undefined) return
        yield* Effect.scoped(Effect.flatMap(openJournal(file), (journal) => Effect.promise(() => journal.keep(first))))
        yield* Effect.promise(() => appendFile(file, '{"organization":"one","key":"cut'))
        const journal = yield* openJournal(file)
        assert.deepStrictEqual(journal.all(), [first])
        yield* Effect.promise(() => journal.keep(second))
        const again = yield* openJournal(file)
        assert.deepStrictEqual(again.all(), [first, second])
      })
    )
  )
})
