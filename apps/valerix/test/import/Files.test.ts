import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { csvRows, jsonRows } from "../../src/import/files/Rows.ts"
import { bytesOf, makeDigest, openSource } from "../../src/import/files/SourceFile.ts"
import { temporaryFolder } from "../commands/support/Valerix.ts"

const sourceOf = Effect.fnUntraced(function* (content: string | Uint8Array) {
  const path = join(yield* temporaryFolder, "file")
  yield* Effect.promise(() => writeFile(path, content))
  return yield* openSource(path)
})

const tableOf = Effect.fnUntraced(function* (content: string | Uint8Array) {
  const source = yield* sourceOf(content)
  const digest = makeDigest()
  const header = ([first]: ReadonlyArray<string>) =>
    first === "a" ? undefined : { column: 1, message: "the header is another one" }
  const rows = yield* Stream.runCollect(csvRows("file", bytesOf(source, digest), header))
  return { rows: rows.map(({ cells, line, number }) => [number, line, ...cells]), digest: digest.digest("hex") }
})

/** Where a file is malformed: `line:column`. */
const placesIn = (read: (content: string | Uint8Array) => ReturnType<typeof tableOf>) =>
  Effect.fnUntraced(function* (content: string | Uint8Array) {
    const error = yield* Effect.flip(read(content))
    if (error._tag !== "MalformedFile") return [error._tag]
    return error.faults.map(({ column, line }) => (column === undefined ? `${line}` : `${line}:${column.number}`))
  })

const malformedTable = placesIn(tableOf)
const malformedLines = placesIn(
  Effect.fnUntraced(function* (content) {
    const source = yield* sourceOf(content)
    const rows = yield* Stream.runCollect(jsonRows("file", bytesOf(source, makeDigest())))
    return { rows: rows.map(({ line, number }) => [number, line]), digest: "" }
  })
)

describe("a file", () => {
  it.effect("is read row by row with the line of each, quoted line breaks counted", () =>
    Effect.gen(function* () {
      const { rows } = yield* tableOf('\ufeffa,b\r\n1,"x\r\ny ""z"", w"\r\n2,£\r\n')
      assert.deepStrictEqual(rows, [
        [0, 1, "a", "b"],
        [1, 2, "1", 'x\r\ny "z", w'],
        [2, 4, "2", "£"]
      ])
    })
  )

  it.effect("is the same file with the same digest when it is compressed, whatever it is called", () =>
    Effect.gen(function* () {
      const text = `a,b\n${"1,2\n".repeat(50_000)}`
      const plain = yield* tableOf(text)
      const compressed = yield* tableOf(gzipSync(text))
      assert.strictEqual(plain.rows.length, 50_001)
      assert.strictEqual(compressed.digest, plain.digest)
      assert.deepStrictEqual(compressed.rows.at(-1), plain.rows.at(-1))
    })
  )

  it.effect("that is no table is refused with the line and the column where it stops to be one", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* malformedTable("x,y\n1,2\n"), ["1:1"])
      for (const empty of ["", "\ufeff"]) assert.deepStrictEqual(yield* malformedTable(empty), ["1:1"])
      assert.deepStrictEqual(yield* malformedTable('a,b\n1,"x\ny"\n3\n'), ["4:2"])
      assert.deepStrictEqual(yield* malformedTable("a,b\n1,2,3\n"), ["2:3"])
      assert.deepStrictEqual(yield* malformedTable("a,b\n1,2\n\n3,4\n"), ["3:1"])
      assert.deepStrictEqual(yield* malformedTable('a,b\n1,2\n1,x"y\n'), ["3:2"])
      assert.deepStrictEqual(yield* malformedTable('a,b\n1,2\n"x"y,2\n'), ["3:1"])
      assert.deepStrictEqual(yield* malformedTable('a,b\n1,2\n3,"never closed\n4,5\n'), ["3:2"])
      assert.deepStrictEqual(yield* malformedTable(Buffer.from("a,b\n1,2\n1,\xa3\n", "latin1")), ["3:3"])
      assert.deepStrictEqual(yield* malformedTable("a,b\n1,2\n1,\u0000\n"), ["3:3"])
      assert.deepStrictEqual(yield* malformedTable(`a,b\n1,"${"x".repeat(2_000_000)}"\n`), ["2"])
    })
  )

  it.effect("that is compressed and cut off, or damaged, is refused", () =>
    Effect.gen(function* () {
      const text = Array.from({ length: 5_000 }, (_, index) => `${index},${Math.sin(index)}`).join("\n")
      const packed = gzipSync(`a,b\n${text}\n`)
      assert.strictEqual((yield* malformedTable(packed.subarray(0, packed.length / 2))).length, 1)
      const damaged = Buffer.from(packed)
      damaged.fill(0xff, 100, 200)
      assert.strictEqual((yield* malformedTable(damaged)).length, 1)
    })
  )

  it.effect("that has something else than JSON in a line is refused with line and column", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* malformedLines('{"a":1}\n{"a":}\n'), ["2:6"])
      assert.deepStrictEqual(yield* malformedLines('{"a":1}\n\n{"a":1}\n'), ["2:1"])
      assert.deepStrictEqual(yield* malformedLines('{"a":[1, tru, "x"]}\n'), ["1:13"])
      assert.deepStrictEqual(yield* malformedLines('{"a":"x"} {}\n'), ["1:11"])
      assert.deepStrictEqual(yield* malformedLines('{"a":"never closed'), ["1:19"])
    })
  )

  it.effect("tells of JSON that cannot be kept as it is which field is at fault, and goes on", () =>
    Effect.gen(function* () {
      const lines = [
        '{"a":1}',
        '{"a":1,"a":2}',
        String.raw`{"b":[{"c":"\ud800"}]}`,
        String.raw`{"d":"\u0000"}`,
        `${"[".repeat(10_000)}${"]".repeat(10_000)}`
      ]
      const source = yield* sourceOf(lines.join("\n"))
      const rows = yield* Stream.runCollect(jsonRows("file", bytesOf(source, makeDigest())))
      assert.deepStrictEqual(
        rows.map(({ fault, value }) => [fault?.field, value]),
        [
          [undefined, { a: 1 }],
          ["a", lines[1]],
          ["b[0].c", lines[2]],
          ["d", lines[3]],
          ["body", lines[4]]
        ]
      )
    })
  )

  it.effect("that is not there is refused", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      assert.strictEqual((yield* Effect.flip(openSource(join(folder, "absent"))))._tag, "FileUnreadable")
      assert.strictEqual((yield* Effect.flip(openSource(folder)))._tag, "FileUnreadable")
    })
  )
})
