import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { Export } from "../../src/export/ExportRows.ts"
import { writeExport } from "../../src/export/WriteExport.ts"
import { spawnScoped, temporaryFolder } from "../commands/support/Valerix.ts"

const ROWS = 20_000

const exported: Export = {
  columns: ["sku", "name"],
  all: Stream.map(Stream.range(1, ROWS), (index) => {
    const row = { sku: `S-${index}`, name: `"A, mug" ${Math.sin(index)}` }
    return { rows: [row], document: row }
  })
}

describe("an export", () => {
  it.live("is a file of which every row can be read again, compressed where its name says so", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      for (const name of ["products.csv", "products.csv.gz"]) {
        assert.strictEqual(yield* writeExport(exported, "csv", join(folder, name)), ROWS)
      }
      assert.deepStrictEqual((yield* Effect.promise(() => readdir(folder))).sort(), ["products.csv", "products.csv.gz"])
      const [plain, packed] = yield* Effect.promise(() =>
        Promise.all(["products.csv", "products.csv.gz"].map((name) => readFile(join(folder, name))))
      )
      assert.deepStrictEqual(gunzipSync(packed ?? ""), plain)
      const lines = `${plain}`.split("\n")
      assert.strictEqual(lines.length, ROWS + 2)
      assert.match(lines[1] ?? "", /^S-1,"""A, mug"" 0\.84/)
    })
  )

  for (const name of ["products.csv", "products.csv.gz"]) {
    it.live(`says what stands in the way when there is no room for ${name}, and leaves nothing behind`, () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const program = new URL("./support/WriteTooMuch.ts", import.meta.url).pathname
        const limited = ["sh", "-c", 'ulimit -f 8; exec "$@"', "sh", process.execPath, program, join(folder, name)]
        const { code, stderr, stdout } = yield* Effect.scoped(
          Effect.flatMap(spawnScoped(limited), (running) => Effect.promise(() => running.gone))
        )
        assert.deepStrictEqual([code, stderr], [0, ""])
        assert.match(stdout, /^FileNotWritable: .*products\.csv.* cannot be written: EFBIG: file too large, write\.\n$/)
        assert.deepStrictEqual(yield* Effect.promise(() => readdir(folder)), [])
      })
    )
  }
})
