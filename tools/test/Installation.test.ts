import { execFile } from "node:child_process"
import { readFile, rm } from "node:fs/promises"
import { hostname } from "node:os"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"
import { FixtureTree } from "./support/FixtureTree.ts"
import { StartedProcess } from "./support/StartedProcess.ts"

const LOCK = ".valerix-install.lock"
const INSTALLING = /installing the dependencies/
const WAITING = /waiting for another run to install/

/** Notes every install, and keeps it from ending while there is a file named `hold`. */
const NOTE_INSTALL = `
import { appendFileSync, existsSync } from "node:fs"
appendFileSync("installs.log", "installing\\n")
while (existsSync("hold")) await new Promise((resolve) => setTimeout(resolve, 20))
`

const manifest = (name: string, fields: object = {}) => JSON.stringify({ name, version: "1.0.0", ...fields })

/** A tree with the launcher, two packages of its own and no node_modules. npm needs no registry for it. */
const freshTree = async (installScript = "node noteInstall.mjs") => {
  const tree = await FixtureTree.forThisTest({
    "package.json": manifest("fixture", { private: true, workspaces: ["kernel/*"] }),
    "kernel/one/package.json": manifest("one", { scripts: { postinstall: `cd ../.. && ${installScript}` } }),
    "kernel/two/package.json": manifest("two"),
    "noteInstall.mjs": NOTE_INSTALL,
    "apps/valerix/src/main.ts": `console.log("the program ran")`
  })
  await tree.copy("tools/run.mjs", "tools/bootstrap")
  await npm(tree, "install", "--package-lock-only", "--offline")
  return tree
}

const npm = (tree: FixtureTree, ...args: ReadonlyArray<string>) => promisify(execFile)("npm", args, { cwd: tree.root })

const start = (tree: FixtureTree, env: Readonly<Record<string, string>> = {}) =>
  StartedProcess.forThisTest([tree.path("tools/run.mjs"), "valerix"], { cwd: tree.root, env })

const textIn = (tree: FixtureTree, name: string) => readFile(tree.path(name), "utf8").catch(() => undefined)

/** Another process that has taken the lock: its test says when it ends. */
const holdLock = async (tree: FixtureTree) => {
  const holder = StartedProcess.forThisTest(["-e", "process.stdin.resume()"], { cwd: tree.root })
  await tree.write({ [LOCK]: JSON.stringify({ host: hostname(), pids: [holder.pid] }) })
  return holder
}

describe("installing the dependencies", () => {
  it("installs before the first run and not again before the second", async () => {
    const tree = await freshTree()
    const first = await start(tree).ended
    const second = await start(tree).ended
    expect([first.stdout, second.stdout]).toEqual(["the program ran\n", "the program ran\n"])
    expect(first.stderr).toMatch(INSTALLING)
    expect(second.stderr).toBe("")
    expect(await textIn(tree, "installs.log")).toBe("installing\n")
  })

  it("takes an install by hand for what it is", async () => {
    const tree = await freshTree()
    await npm(tree, "ci", "--offline")
    const { stderr } = await start(tree).ended
    expect(stderr).toBe("")
  })

  it("installs again when a package asks for something new, and writes nothing into the repository", async () => {
    const tree = await freshTree()
    await start(tree).ended
    await tree.write({ "kernel/two/package.json": manifest("two", { dependencies: { one: "1.0.0" } }) })
    const locked = await textIn(tree, "package-lock.json")
    const { stderr, stdout } = await start(tree).ended
    expect(stderr).toMatch(INSTALLING)
    expect(stdout).toBe("the program ran\n")
    expect(await textIn(tree, "package-lock.json")).toBe(locked)
  })

  it("installs once for all who start together", async () => {
    const tree = await freshTree()
    await tree.write({ hold: "" })
    const runs = [start(tree), start(tree), start(tree)]
    await Promise.all(runs.map((run) => run.says(new RegExp(`${INSTALLING.source}|${WAITING.source}`))))
    await rm(tree.path("hold"))
    const ended = await Promise.all(runs.map((run) => run.ended))
    expect(ended.map(({ stdout }) => stdout)).toEqual(runs.map(() => "the program ran\n"))
    expect(ended.filter(({ stderr }) => WAITING.test(stderr)).length).toBe(2)
    expect(await textIn(tree, "installs.log")).toBe("installing\n")
  })

  it("waits for what a killed run has left installing, and then does not wait for the killed run", async () => {
    const tree = await freshTree()
    const holder = await holdLock(tree)
    const run = start(tree)
    await run.says(WAITING)
    holder.kill("SIGKILL")
    expect((await run.ended).stdout).toBe("the program ran\n")
    expect(await textIn(tree, LOCK)).toBeUndefined()
  })

  it("leaves neither a lock nor an installing npm behind when it is interrupted", async () => {
    const tree = await freshTree()
    await tree.write({ hold: "" })
    const run = start(tree)
    await expect.poll(() => textIn(tree, "installs.log"), { timeout: 30_000 }).toBe("installing\n")
    run.kill("SIGTERM")
    // npm writes to the same output, so this waits for its end too.
    const { signal, stdout } = await run.ended
    expect([signal, stdout]).toEqual(["SIGTERM", ""])
    expect(await textIn(tree, LOCK)).toBeUndefined()
  })

  it("shows why npm failed", async () => {
    const { exitCode, stderr } = await start(await freshTree("echo the disk is full >&2 && exit 3")).ended
    expect(stderr).toMatch(/"npm ci .*" failed \(exit code 3\):/)
    expect(stderr).toContain("the disk is full")
    expect(exitCode).toBe(1)
  })

  it("says so when there is no npm", async () => {
    const tree = await freshTree()
    const { exitCode, stderr } = await start(tree, { PATH: tree.path("tools") }).ended
    expect(stderr).toContain("npm was not found on the PATH")
    expect(exitCode).toBe(1)
  })
})
