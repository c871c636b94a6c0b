import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { FixtureTree, REPOSITORY } from "./support/FixtureTree.ts"
import { StartedProcess } from "./support/StartedProcess.ts"

/** Runs the whole check over a tree with the repository's rules and this one source file. */
const check = async (source: string) => {
  const tree = await FixtureTree.forThisTest({
    ".gitignore": "node_modules\n",
    "package.json": `{\n  "type": "module"\n}\n`,
    "kernel/values/src/index.ts": source
  })
  await tree.copy("biome.json", "tsconfig.json", ".dependency-cruiser.mjs", "tools/lint")
  await tree.link({ node_modules: join(REPOSITORY, "node_modules") })
  return StartedProcess.forThisTest([join(REPOSITORY, "tools/check.mjs")], { cwd: tree.root }).ended
}

describe("npm run check", () => {
  it("passes and says how long each part took", async () => {
    const { exitCode, stdout } = await check("export const one = 1\n")
    expect(stdout).toMatch(/✓ format and lint {2}\d+\.\d s/)
    expect(stdout).toMatch(/✓ types {2}\d+\.\d s/)
    expect(stdout).toMatch(/✓ layers and cycles {2}\d+\.\d s/)
    expect(stdout).toMatch(/✓ no exceptions {2}\d+\.\d s/)
    expect(stdout).toMatch(/All 4 parts passed in \d+\.\d s\.\n$/)
    expect(exitCode).toBe(0)
  })

  it.each([
    ["format and lint", "export const one = 1;\n", "Formatter would have printed"],
    ["types", "export const one: string = 1\n", "is not assignable to type 'string'"],
    ["layers and cycles", `export * from "./index.ts"\n`, "no-cycles"],
    [
      "no exceptions",
      "// @ts-expect-error\nexport const one: string = 1\n",
      "index.ts:1 switches a rule off: @ts-expect-error"
    ],
    ["no exceptions", "// @ts-nocheck\nexport const one: string = 1\n", "@ts-nocheck"],
    [
      "no exceptions",
      "// biome-ignore lint/suspicious/noExplicitAny: a reason\nexport const one = (row: any) => row\n",
      "biome-ignore"
    ]
  ])("fails when only %s does, and shows why", async (part, source, reason) => {
    const { exitCode, stdout } = await check(source)
    expect(stdout.match(/^✗ .*? {2}/gm)).toEqual([`✗ ${part}  `])
    expect(stdout).toContain(reason)
    expect(stdout).toContain("1 of 4 parts failed")
    expect(exitCode).toBe(1)
  })
})
