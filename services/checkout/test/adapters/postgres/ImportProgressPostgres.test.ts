import { assert } from "@effect/vitest"
import { uuidV7 } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { ImportProgressPostgres } from "../../../src/adapters/postgres/ImportProgressPostgres.ts"
import { type ImportedFile, ImportProgress } from "../../../src/application/ports/ImportProgress.ts"
import { promises } from "../../support/Bench.ts"
import { makeOrganization } from "../../support/Samples.ts"

const fileOf = (digit: string): ImportedFile => ({
  organizationId: makeOrganization(),
  kind: "retail",
  digest: digit.repeat(64)
})

/** Begins a run, and gives its id with where it begins. */
const begin = Effect.fnUntraced(function* (file: ImportedFile) {
  const runId = uuidV7()
  const progress = yield* ImportProgress
  return { runId, from: yield* progress.begin(file, { runId, fileName: "sales.csv" }) }
})

promises("how far an import is", (promise) => {
  promise("is kept for the run after it, until one has finished", () =>
    Effect.gen(function* () {
      const progress = yield* ImportProgress
      const file = fileOf("1")
      const first = yield* begin(file)
      assert.isUndefined(first.from)
      const position = { rowsDone: 500, tally: { rows: 500 }, isFinished: false }
      assert.isTrue(yield* progress.save(file, first.runId, position))
      const second = yield* begin(file)
      assert.deepStrictEqual(second.from, { rowsDone: 500, tally: { rows: 500 } })
      assert.isTrue(yield* progress.save(file, second.runId, { rowsDone: 900, tally: {}, isFinished: true }))
      assert.isUndefined((yield* begin(file)).from)
      assert.isUndefined((yield* begin(file)).from)
    }).pipe(Effect.provide(ImportProgressPostgres))
  )

  promise("is of the latest run alone: the one before it hears that it was taken over", () =>
    Effect.gen(function* () {
      const progress = yield* ImportProgress
      const file = fileOf("2")
      const first = yield* begin(file)
      const second = yield* begin(file)
      const position = (rowsDone: number) => ({ rowsDone, tally: {}, isFinished: false })
      assert.isTrue(yield* progress.save(file, second.runId, position(7)))
      assert.isFalse(yield* progress.save(file, first.runId, position(3)))
      assert.deepInclude((yield* begin(file)).from, { rowsDone: 7 })
    }).pipe(Effect.provide(ImportProgressPostgres))
  )

  promise("is of one organization, kind and content", () =>
    Effect.gen(function* () {
      const progress = yield* ImportProgress
      const file = fileOf("3")
      const { runId } = yield* begin(file)
      yield* progress.save(file, runId, { rowsDone: 3, tally: {}, isFinished: false })
      assert.isUndefined((yield* begin({ ...file, organizationId: makeOrganization() })).from)
      assert.isUndefined((yield* begin({ ...file, kind: "orders" })).from)
      assert.isUndefined((yield* begin({ ...file, digest: "4".repeat(64) })).from)
      assert.deepInclude((yield* begin(file)).from, { rowsDone: 3 })
    }).pipe(Effect.provide(ImportProgressPostgres))
  )
})
