import { readdir } from "node:fs/promises"
import { describe, expect, it } from "vitest"
import { FixtureTree } from "./support/FixtureTree.ts"
import { StartedProcess } from "./support/StartedProcess.ts"

/** A program that says what it was given and then does what it is told. */
const PROGRAM = `
const [deed] = process.argv.slice(2)
console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() }))
if (deed === "exit") process.exitCode = 7
if (deed === "die") process.kill(process.pid, "SIGKILL")
if (deed === "serve") {
  const work = setInterval(() => {}, 1000)
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      console.log("told", signal)
      clearInterval(work)
    })
  }
  console.log("ready")
}
`

/** A tree with the launcher and this program, in which nothing has to be installed. */
const treeWithProgram = async () => {
  const tree = await FixtureTree.forThisTest({
    "package.json": "{}",
    "package-lock.json": JSON.stringify({ packages: {} }),
    "node_modules/.package-lock.json": JSON.stringify({ packages: {} }),
    "apps/valerix/src/main.ts": PROGRAM
  })
  await tree.copy("tools/run.mjs", "tools/bootstrap", "apps/valerix/bin/valerix.mjs")
  await tree.link({ "node_modules/.bin/valerix": "../../apps/valerix/bin/valerix.mjs" })
  return tree
}

const start = (tree: FixtureTree, ...args: ReadonlyArray<string>) =>
  StartedProcess.forThisTest([tree.path("tools/run.mjs"), ...args], { cwd: tree.path("apps") })

describe("running a program", () => {
  it("hands over its arguments where it was called, and answers the program's exit code", async () => {
    const tree = await treeWithProgram()
    const { exitCode, stdout } = await start(tree, "valerix", "exit", "--port", "1 2").ended
    expect(JSON.parse(stdout)).toEqual({ args: ["exit", "--port", "1 2"], cwd: tree.path("apps") })
    expect(exitCode).toBe(7)
  })

  it("keeps what Node.js has compiled below node_modules, for the next start", async () => {
    const tree = await treeWithProgram()
    const run = [tree.path("tools/run.mjs"), "valerix", "exit"]
    await StartedProcess.forThisTest(run, { cwd: tree.root, env: { NODE_COMPILE_CACHE: undefined } }).ended
    expect(await readdir(tree.path("node_modules/.cache/node-compile"))).not.toEqual([])
  })

  it("runs from the link that npm makes for npx", async () => {
    const tree = await treeWithProgram()
    const link = tree.path("node_modules/.bin/valerix")
    const { exitCode } = await StartedProcess.forThisTest([link, "exit"], { cwd: tree.root }).ended
    expect(exitCode).toBe(7)
  })

  it("ends by the signal that ended the program", async () => {
    const { signal } = await start(await treeWithProgram(), "valerix", "die").ended
    expect(signal).toBe("SIGKILL")
  })

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "passes %s on and waits until the program is done",
    async (signal) => {
      const started = start(await treeWithProgram(), "valerix", "serve")
      await started.says(/ready/)
      started.kill(signal)
      const { exitCode, stdout } = await started.ended
      expect(stdout).toContain(`told ${signal}`)
      expect(exitCode).toBe(0)
    }
  )

  it("takes the program along when it is killed itself", async () => {
    const started = start(await treeWithProgram(), "valerix", "serve")
    await started.says(/ready/)
    started.kill("SIGKILL")
    // The program holds the other end of the output: it is closed when both are gone.
    expect((await started.ended).stdout).toContain("told SIGTERM")
  })

  it("ends the program when the shell in which npm started it was ended without passing that on", async () => {
    const tree = await treeWithProgram()
    const shell = "require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' })"
    const started = StartedProcess.forThisTest(["-e", shell, tree.path("tools/run.mjs"), "valerix", "serve"], {
      cwd: tree.root,
      env: { npm_lifecycle_event: "start" }
    })
    await started.says(/ready/)
    started.kill("SIGKILL")
    expect((await started.ended).stdout).toContain("told SIGTERM")
  })

  it("names what can be run when asked for something else", async () => {
    const { exitCode, stderr } = await start(await treeWithProgram(), "vitets").ended
    expect(stderr).toContain(
      'There is no "vitets" to run. Known are: valerix, check, simulate, crash, fuzz, vitest, biome, tsc.'
    )
    expect(exitCode).toBe(2)
  })
})
