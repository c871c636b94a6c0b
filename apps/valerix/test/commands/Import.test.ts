import { link, readFile, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { EmbeddedServer } from "@valerix/database/embedded"
import { Effect, Schedule, Schema } from "effect"
import { DATABASES } from "../../src/DatabaseNames.ts"
import { cellsOf } from "../import/Samples.ts"
import { makeTestClient } from "../support/TestClient.ts"
import { type Ended, killGroup, runValerix, spawnValerix, startValerix, temporaryFolder } from "./support/Valerix.ts"

const HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"

const Report = Schema.fromJsonString(
  Schema.Struct({
    rows: Schema.Struct({
      in_file: Schema.Int,
      accounted_for: Schema.Int,
      imported: Schema.Int,
      not_imported: Schema.Record(Schema.String, Schema.Int)
    }),
    orders: Schema.optionalKey(
      Schema.Struct({
        executed: Schema.Int,
        executed_before: Schema.Int,
        failed: Schema.Record(Schema.String, Schema.Int)
      })
    ),
    products: Schema.optionalKey(
      Schema.Struct({ created: Schema.Int, changed: Schema.Int, unchanged: Schema.Int, received: Schema.Int })
    ),
    not_imported_file: Schema.String,
    went_on_after_row: Schema.Int
  })
)
const reportIn = ({ stderr, stdout }: Ended) => {
  try {
    return Schema.decodeUnknownSync(Report)(stdout)
  } catch (error) {
    throw new Error(`no report: ${stdout}${stderr}`, { cause: error })
  }
}

const csv = (rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [HEADER, ...rows.map((cells) => cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell}"` : cell)).join(","))].join("\n")

/** A small file with everything in it that the real one has. */
const DIRTY = csv([
  cellsOf({ invoice: "1", code: "10001", quantity: "3", price: "2.5" }),
  cellsOf({ invoice: "1", code: "10001", quantity: "2", price: "2.25" }),
  cellsOf({ invoice: "1", code: "15056bl", description: "SPARKLY,\nIN TWO LINES", quantity: "1", price: "0.85" }),
  cellsOf({ invoice: "1", code: "POST", description: "POSTAGE", quantity: "2", price: "18.0" }),
  cellsOf({ invoice: "C2", code: "10001", quantity: "-1" }),
  cellsOf({ invoice: "3", code: "10001", quantity: "1", price: "2.5", customer: "" }),
  cellsOf({ invoice: "4", code: "10001", quantity: "1", price: "2.5" }),
  cellsOf({ invoice: "3", code: "15056BL", quantity: "4", price: "0.85", customer: "" }),
  cellsOf({ invoice: "4", code: "10002", description: "", quantity: "1", price: "0.0" }),
  cellsOf({ invoice: "5", code: "10002", description: "damaged", quantity: "-7", price: "0.0", customer: "" }),
  cellsOf({ invoice: "6", code: "DOT", quantity: "1", price: "569.77" }),
  cellsOf({ invoice: "7", code: "PADS", quantity: "1", price: "0.001" }),
  cellsOf({ invoice: "A8", code: "B", quantity: "1", price: "11062.06" }),
  cellsOf({ invoice: "9", code: "10003", quantity: "1", price: "1.0" }),
  cellsOf({ invoice: "9", code: "D", description: "Discount", quantity: "-1", price: "0.25" })
])

const REASONS = {
  cancellation: 1,
  no_price: 1,
  stock_adjustment: 1,
  charges_only: 1,
  price_below_a_penny: 1,
  correction: 1
}

/** A home, a folder for files, and commands that run there. */
const desk = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const environment = { VALERIX_HOME: join(folder, "home") }
  const run = (...args: ReadonlyArray<string>) => runValerix(args, environment, folder)
  const write = (name: string, content: string | Uint8Array) =>
    Effect.promise(async () => {
      await writeFile(join(folder, name), content)
      return name
    })
  const read = (name: string) => Effect.promise(() => readFile(join(folder, name), "utf8"))
  const succeed = (...args: ReadonlyArray<string>) =>
    Effect.tap(run(...args), ({ code, stderr, stdout }) =>
      Effect.sync(() => assert.strictEqual(code, 0, `${stdout}${stderr}`))
    )
  /** Everything that can be exported, without the times at which it came about. */
  const everything = Effect.map(
    Effect.forEach(["orders", "products", "balances"], (what) => succeed("export", what)),
    (exports) => exports.map(({ stdout }) => stdout).join("\n")
  )
  /** Keeps the databases running, so that not every command has to start and stop them. */
  const keepRunning = EmbeddedServer.start({ home: environment.VALERIX_HOME, services: DATABASES })
  return { folder, environment, run, succeed, write, read, everything, keepRunning }
})

describe("valerix import retail", () => {
  it.live(
    "executes an order per invoice, accounts for every row, and a second run changes nothing",
    () =>
      Effect.gen(function* () {
        const { everything, keepRunning, read, succeed, write } = yield* desk
        const file = yield* write("sales.csv.gz", gzipSync(DIRTY))
        const report = reportIn(yield* succeed("import", "retail", file, "--json"))
        yield* keepRunning
        assert.deepStrictEqual(report.rows, { in_file: 15, accounted_for: 15, imported: 9, not_imported: REASONS })
        assert.deepStrictEqual(report.orders, { executed: 4, executed_before: 0, failed: {} })
        assert.deepStrictEqual(report.products, { created: 3, changed: 0, unchanged: 0, received: 13 })
        const listed = (yield* read(report.not_imported_file)).trimEnd().split("\n")
        assert.deepStrictEqual(
          listed.slice(1).map((line) => line.split(",").slice(0, 2).join(" ")),
          [
            "7 cancellation",
            "11 no_price",
            "12 stock_adjustment",
            "13 charges_only",
            "14 price_below_a_penny",
            "15 correction"
          ]
        )
        assert.match((yield* succeed("verify")).stdout, /All promises hold: 4 orders/)
        const before = yield* everything
        const keys = [...before.matchAll(/^(\d),0/gm)].map(([, key]) => key)
        assert.deepStrictEqual(keys, ["1", "3", "4", "9"], "the orders are placed in time order")
        const balances = (yield* succeed("export", "balances")).stdout.split("\n").slice(1, -1)
        assert.deepStrictEqual(
          balances.map((line) => line.split(",").slice(3).join(" ")),
          ["7 7 0", "5 5 0", "1 1 0"]
        )
        const again = reportIn(yield* succeed("import", "retail", file, "--json"))
        assert.deepStrictEqual(again.rows, report.rows)
        assert.deepStrictEqual(again.orders, { executed: 0, executed_before: 4, failed: {} })
        assert.deepStrictEqual(again.products, { created: 0, changed: 0, unchanged: 3, received: 0 })
        assert.strictEqual(yield* everything, before)
      }),
    240_000
  )

  it.live(
    "refuses a malformed file with line and column, and a file that is not in time order; nothing is changed",
    () =>
      Effect.gen(function* () {
        const { folder, read, run, write } = yield* desk
        const good = cellsOf({})
        const cases = [
          [csv([good, cellsOf({ quantity: "six" })]), "line 3, column 4 (Quantity)"],
          [csv([good, cellsOf({}).slice(1)]), "line 3, column 8 (Country)"],
          [`${csv([good])}\n5,"never closed`, "line 3, column 2"],
          [csv([good, cellsOf({ time: "2010-11-30 08:26:00" })]), "line 3, column 5 (InvoiceDate)"],
          [`x${csv([good])}`, "line 1, column 1: the header"],
          ["", "line 1, column 1: the file is empty"],
          [HEADER, "line 1"]
        ] as const
        for (const [content, place] of cases) {
          const { code, stderr } = yield* run("import", "retail", yield* write("bad.csv", content))
          assert.strictEqual(code, 2, stderr)
          assert.include(stderr, place)
        }
        const file = yield* write("good.csv", csv([good]))
        yield* Effect.promise(() => symlink(join(folder, file), join(folder, "link.csv")))
        yield* Effect.promise(() => link(join(folder, file), join(folder, "name.csv")))
        for (const name of [file, "link.csv", "name.csv"]) {
          const itself = yield* run("import", "retail", file, "--dry-run", "--not-imported", name)
          assert.strictEqual(itself.code, 2, itself.stdout)
          assert.include(itself.stderr, "--not-imported names the file that is to be imported")
        }
        assert.strictEqual(yield* read(file), csv([good]))
        const status = yield* run("migrate", "status")
        assert.include(status.stderr, `There is no Valerix in ${join(folder, "home")}`)
      })
  )

  it.live("says in a dry run what would be, without a Valerix", () =>
    Effect.gen(function* () {
      const { folder, run, succeed, write } = yield* desk
      const file = yield* write("sales.csv", DIRTY)
      const report = reportIn(yield* succeed("import", "retail", file, "--dry-run", "--json"))
      assert.deepStrictEqual(report.rows, { in_file: 15, accounted_for: 15, imported: 9, not_imported: REASONS })
      assert.include((yield* run("verify")).stderr, `There is no Valerix in ${join(folder, "home")}`)
    })
  )

  it.live(
    "goes on after kill -9, does nothing twice, and loses no row",
    () =>
      Effect.gen(function* () {
        const { environment, folder, read, succeed, write } = yield* desk
        const invoices = 1_500
        const rows = Array.from({ length: invoices }, (_, index) => {
          const time = new Date(Date.UTC(2010, 11, 1, 8, index)).toISOString().slice(0, 19).replace("T", " ")
          return [
            cellsOf({ invoice: `${1000 + index}`, code: `2${index % 97}000`, quantity: "2", time }),
            cellsOf({ invoice: `C${1000 + index}`, quantity: "-1", time }),
            cellsOf({ invoice: `${1000 + index}`, code: "POST", quantity: "1", time })
          ]
        }).flat()
        const file = yield* write("sales.csv", csv(rows))
        const args = ["import", "retail", file, "--json"]
        const list = "sales.not-imported.csv"
        yield* Effect.scoped(
          Effect.gen(function* () {
            const running = yield* spawnValerix(args, environment, folder)
            // Rows that are not imported are written when it is kept how far the run is.
            yield* Effect.repeat(
              Effect.orElseSucceed(
                Effect.tryPromise(() => readFile(join(folder, list), "utf8")),
                () => ""
              ),
              { until: (text) => text.split("\n").length > 100, schedule: Schedule.spaced(5) }
            ).pipe(Effect.timeout(90_000))
            killGroup(running)
            yield* Effect.promise(() => running.gone)
          })
        )
        const report = reportIn(yield* succeed(...args))
        assert.isAbove(report.went_on_after_row, 0)
        assert.isBelow(report.went_on_after_row, rows.length)
        assert.deepStrictEqual(report.rows, {
          in_file: 3 * invoices,
          accounted_for: 3 * invoices,
          imported: 2 * invoices,
          not_imported: { cancellation: invoices }
        })
        const { executed = 0, executed_before = 0 } = report.orders ?? {}
        assert.strictEqual(executed + executed_before, invoices)
        assert.deepStrictEqual(report.products, { created: 97, changed: 0, unchanged: 0, received: 2 * invoices })
        const listed = (yield* read(list)).trimEnd().split("\n").slice(1)
        assert.deepStrictEqual(
          listed.map((line) => Number(line.split(",")[0])),
          Array.from({ length: invoices }, (_, index) => 3 * index + 3)
        )
        assert.match((yield* succeed("verify")).stdout, new RegExp(`All promises hold: ${invoices} orders`))
      }),
    300_000
  )
})

describe("valerix import and export", () => {
  it.live(
    "read again in one Valerix what was written in another, beside a program that runs",
    () =>
      Effect.gen(function* () {
        const one = yield* desk
        const other = yield* desk
        yield* one.succeed("import", "retail", yield* one.write("sales.csv", DIRTY))
        yield* one.keepRunning
        const told = yield* one.everything
        yield* startValerix(other.environment)
        for (const format of ["csv", "ndjson"]) {
          for (const what of ["products", "orders"]) {
            const name = join(one.folder, `${what}.${format}`)
            yield* one.succeed("export", what, "--out", name)
            const report = reportIn(yield* other.succeed("import", what, name, "--json"))
            assert.deepStrictEqual(report.rows.not_imported, {})
            // The second format brings the same as the first: nothing more.
            if (what === "orders") assert.strictEqual(report.orders?.executed, format === "csv" ? 4 : 0)
            else assert.strictEqual(report.products?.created, format === "csv" ? 3 : 0)
          }
        }
        const withoutIds = (text: string) =>
          text
            .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "id")
            .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "time")
        assert.strictEqual(withoutIds(yield* other.everything), withoutIds(told))
        // And where it came from, it changes nothing either.
        const back = reportIn(yield* one.succeed("import", "orders", join(one.folder, "orders.csv"), "--json"))
        assert.deepStrictEqual(back.orders, { executed: 0, executed_before: 4, failed: {} })
      }),
    300_000
  )

  it.live(
    "list every bad row with its field, import the others, and say beforehand what would be",
    () =>
      Effect.gen(function* () {
        const { environment, everything, read, run, succeed, write } = yield* desk
        const products = yield* write(
          "products.csv",
          "sku,name,price,currency,initial_stock\nMUG,A mug,19.99,EUR,5\nPEN,A pen,free,EUR,5\nCUP,,1.00,EURO,-1\n"
        )
        const loaded = yield* run("import", "products", products, "--json")
        assert.strictEqual(loaded.code, 1)
        assert.deepStrictEqual(reportIn(loaded).rows.not_imported, { invalid: 2 })
        assert.deepStrictEqual(
          (yield* read("products.not-imported.csv")).split("\n").map((line) => line.split(",").slice(0, 3).join(" ")),
          ["line reason field", "3 invalid price", "4 invalid name", ""]
        )

        const customer = "01900000-0000-7000-8000-000000000002"
        const orders = yield* write(
          "orders.csv",
          [
            "idempotency_key,customer_id,currency,kind,sku,quantity,unit_price,amount,description",
            `good,${customer},EUR,ITEM,MUG,2,15.00,,`,
            "good,,,SHIPPING,,,,4.95,Parcel",
            `bad,${customer},EUR,,MUG,0,,,`,
            "bad,,,,MUG,1,,,",
            `unknown,${customer},EUR,,NONE,1,,,`,
            `too-many,${customer},EUR,,MUG,6,,,`
          ].join("\n")
        )
        const before = yield* everything
        const rehearsed = yield* run("import", "orders", orders, "--dry-run", "--json")
        assert.deepStrictEqual(reportIn(rehearsed).rows.not_imported, {
          invalid: 1,
          order_invalid: 1,
          product_not_found: 1
        })
        assert.strictEqual(yield* everything, before)
        const imported = yield* run("import", "orders", orders, "--json")
        assert.strictEqual(imported.code, 1)
        const report = reportIn(imported)
        assert.deepStrictEqual(report.rows, {
          in_file: 6,
          accounted_for: 6,
          imported: 2,
          not_imported: { invalid: 1, order_invalid: 1, product_not_found: 1, order_failed: 1 }
        })
        assert.deepStrictEqual(report.orders, { executed: 1, executed_before: 0, failed: { insufficient_stock: 1 } })
        assert.deepStrictEqual(
          (yield* read("orders.not-imported.csv")).split("\n").map((line) => line.split(",").slice(0, 3).join(" ")),
          [
            "line reason field",
            "4 invalid quantity",
            "5 order_invalid ",
            "6 product_not_found items[0].sku",
            "7 order_failed ",
            ""
          ]
        )
        const { stdout } = yield* succeed("export", "orders", "--format", "ndjson")
        assert.include(stdout, '"total":{"amount":"34.95","currency":"EUR"}')

        const { url } = yield* startValerix(environment)
        const refused = yield* makeTestClient(url).order({
          customer_id: customer,
          items: [{ sku: "MUG", quantity: 1, unit_price: { amount: "0.01", currency: "EUR" } }],
          payment: { method: "card", token: "tok" }
        })
        assert.strictEqual(refused.status, 400)
      }),
    300_000
  )
})
