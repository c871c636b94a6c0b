import { execFile } from "node:child_process"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { FixtureTree, REPOSITORY } from "./support/FixtureTree.ts"

const CAST = "lint/nursery/noUnsafeTypeAssertion"

/** Code that is rejected, by the rule that rejects it, and where it stands if that matters. */
const REJECTED: ReadonlyArray<readonly [what: string, rule: string, code: string, folder?: string]> = [
  ["a cast", CAST, "export const order = (row: unknown) => row as string"],
  ["a cast in a test", CAST, "export const order = (row: unknown) => row as string", "services/orders/test"],
  ["a cast by way of unknown", CAST, "export const order = (row: number) => row as unknown as string"],
  ["a cast in angle brackets", CAST, "export const order = (row: unknown) => <string>row"],
  ["any", "lint/suspicious/noExplicitAny", "export const order = (row: any) => row"],
  ["!", "lint/style/noNonNullAssertion", "export const first = (rows: ReadonlyArray<string>) => rows[0]!.length"],
  ["! in a declaration", "plugin", "export class Order {\n  id!: string\n}"],
  ["! in a variable's declaration", "plugin", "let order!: string\nexport const find = () => order"],
  ["@ts-ignore", "lint/suspicious/noTsIgnore", "// @ts-ignore\nexport const order: number = 1"],
  ["an import without extension", "lint/correctness/useImportExtensions", `export * from "./Constants"`],
  ["an unused import", "lint/correctness/noUnusedImports", `import { Effect } from "effect"\nexport const order = 1`],
  ["an unused variable", "lint/correctness/noUnusedVariables", "const order = 1"],
  [
    "a type imported as a value",
    "lint/style/useImportType",
    `import { Order } from "./Order.ts"\nexport type A = Order`
  ],
  ["a type imported within a type", "plugin", `export type A = import("./Order.ts").Order`],
  [
    "a promise that nobody waits for",
    "lint/nursery/noFloatingPromises",
    "const a = async () => 1\nexport const b = () => { a() }"
  ],
  ["a default export", "lint/style/noDefaultExport", "export default 1"],
  ["console", "lint/suspicious/noConsole", "console.log(1)"],
  ["an enum", "lint/style/noEnum", "export enum Status { PENDING }"],
  ["what package.json does not name", "lint/correctness/noUndeclaredDependencies", `export * from "effect"`],
  [
    "a test that is left out",
    "lint/suspicious/noSkippedTests",
    `import { it } from "vitest"\nit.skip("a", () => {})`,
    "services/orders/test"
  ],
  [
    "a test that leaves others out",
    "lint/suspicious/noFocusedTests",
    `import { it } from "vitest"\nit.only("a", () => {})`,
    "services/orders/test"
  ],
  [
    "SQL in a use case",
    "plugin",
    "export const find = (sql: typeof String.raw) => sql`SELECT 1`",
    "services/orders/src/application"
  ],
  [
    "SQL in a use case under another name",
    "plugin",
    "export const find = ({ sql: query }: { sql: typeof String.raw }) => query`SELECT 1`",
    "services/orders/src/application"
  ],
  [
    "SQL as a text in a use case",
    "plugin",
    "export const find = (db: { unsafe: (text: string) => string }) => db.unsafe('SELECT 1')",
    "services/orders/src/application"
  ],
  ["a domain that looks at the clock", "plugin", "export const now = () => Date.now()", "services/orders/src/domain"],
  ["a domain that takes the day", "plugin", "export const now = () => new Date()", "services/orders/src/domain"],
  ["a domain that rolls dice", "plugin", "export const chance = () => Math.random()", "services/orders/src/domain"],
  [
    "a domain that calls out",
    "lint/style/noRestrictedGlobals",
    "export const ask = () => fetch('http://localhost')",
    "services/orders/src/domain"
  ],
  [
    "a domain that reads its environment",
    "lint/style/noRestrictedGlobals",
    "export const home = () => process.env['HOME']",
    "services/orders/src/domain"
  ],
  [
    "SQL of a client in the domain",
    "plugin",
    "export const find = (db: { sql: typeof String.raw }) => db.sql`SELECT 1`",
    "services/orders/src/domain"
  ]
]

const ACCEPTED: Readonly<Record<string, string>> = {
  "services/orders/src/Constants.ts": `export const STATUSES = ["PENDING", "DELIVERED"] as const\n`,
  "services/orders/src/Renamed.ts": `export { STATUSES as ORDER_STATUSES } from "./Constants.ts"\n`,
  "services/orders/src/adapters/postgres/Orders.ts": "export const find = (sql: typeof String.raw) => sql`SELECT 1`\n",
  "services/orders/src/domain/Dates.ts": "export const later = (at: Date) => new Date(at.getTime() + 1)\n",
  "services/orders/src/application/Text.ts": "export const text = () => `two\nlines`\n",
  "tools/say.mjs": "console.log(1)\n",
  "vitest.config.ts": "export default {}\n"
}

interface Diagnostic {
  readonly category: string
  readonly location: { readonly path: string | { readonly file: string } }
}

const fileOf = (index: number) => `${REJECTED[index]?.[3] ?? "services/orders/src"}/Rejected${index}.ts`

/** Lints a tree with the repository's rules. */
const lint = async (tree: FixtureTree) => {
  await tree.copy("biome.json", "tools/lint")
  const command = [
    join(REPOSITORY, "node_modules/@biomejs/biome/bin/biome"),
    "lint",
    "--reporter=json",
    "--max-diagnostics=none"
  ]
  const report = await new Promise<{ readonly diagnostics: ReadonlyArray<Diagnostic> }>((resolve, reject) => {
    execFile(process.execPath, command, { cwd: tree.root, maxBuffer: 2 ** 26 }, (_, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout))
      } catch {
        reject(new Error(`${stdout}\n${stderr}`))
      }
    })
  })
  return report.diagnostics.map(({ category, location: { path } }) => ({
    file: typeof path === "string" ? path : path.file,
    rule: category
  }))
}

describe("what the linter rejects", () => {
  let found: ReadonlyArray<{ readonly file: string; readonly rule: string }> = []

  beforeAll(async () => {
    const tree = await FixtureTree.make({
      ...ACCEPTED,
      ".gitignore": "node_modules/\n",
      "services/orders/package.json": `{ "name": "@valerix/orders" }`,
      ...Object.fromEntries(REJECTED.map(([, , code], index) => [fileOf(index), `${code}\n`]))
    })
    found = await lint(tree).finally(() => tree.remove())
  })

  it.each(REJECTED.map(([what, rule], index) => ({ what, rule, file: fileOf(index) })))(
    "rejects $what",
    ({ rule, file }) => {
      expect(found.filter((diagnostic) => diagnostic.file === file).map((diagnostic) => diagnostic.rule)).toContain(
        rule
      )
    }
  )

  it("accepts what only looks alike", () => {
    expect(found.filter(({ file }) => Object.hasOwn(ACCEPTED, file))).toEqual([])
  })
})
