// `npm run check`: everything that can be said about the code without running it. The parts run side by side; each one's
// output is shown only if it fails, and any part that fails fails the whole.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const PART_LIMIT_MS = 5 * 60_000
const DIAGNOSTICS_SHOWN_MAX = 100
const SOURCES = ["apps", "services", "kernel", "bench", "chaos", "tools"]

const root = process.cwd()
const folders = SOURCES.filter((folder) => existsSync(join(root, folder)))
const isTerminal = process.stdout.isTTY

/** @type {Record<string, ReadonlyArray<string>>} each part's script and arguments */
const parts = {
  "format and lint": [
    "node_modules/@biomejs/biome/bin/biome",
    "check",
    "--error-on-warnings",
    `--max-diagnostics=${DIAGNOSTICS_SHOWN_MAX}`,
    `--colors=${isTerminal ? "force" : "off"}`
  ],
  types: ["node_modules/typescript/bin/tsc", "--pretty", String(isTerminal === true)],
  "layers and cycles": [
    "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs",
    "--config",
    ".dependency-cruiser.mjs",
    "--output-type",
    "err-long",
    ...folders
  ],
  "no exceptions": [fileURLToPath(new URL("lint/Suppressions.mjs", import.meta.url)), ...folders]
}

const startedAt = performance.now()
const results = await Promise.all(Object.entries(parts).map(([name, command]) => run(name, command)))
const failed = results.filter((passed) => !passed).length
console.log(
  failed === 0
    ? `All ${results.length} parts passed in ${secondsSince(startedAt)}.`
    : `${failed} of ${results.length} parts failed in ${secondsSince(startedAt)}.`
)
process.exitCode = failed === 0 ? 0 : 1

/**
 * Runs a part and shows how it ended as soon as it has.
 *
 * @param {string} name
 * @param {ReadonlyArray<string>} command
 * @returns {Promise<boolean>} whether it passed
 */
function run(name, command) {
  const partStartedAt = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: PART_LIMIT_MS,
      env: { ...process.env, ...(isTerminal ? { FORCE_COLOR: "1" } : {}) }
    })
    let output = ""
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text
      })
    }
    child.once("error", reject)
    child.once("close", (exitCode, signal) => {
      const passed = exitCode === 0
      const how = signal === null ? "" : ` (${signal})`
      console.log(`${passed ? "✓" : "✗"} ${name}  ${secondsSince(partStartedAt)}${how}`)
      if (!passed) console.log(`${output.trimEnd()}\n`)
      resolve(passed)
    })
  })
}

/** @param {number} instant */
function secondsSince(instant) {
  return `${((performance.now() - instant) / 1000).toFixed(1)} s`
}
