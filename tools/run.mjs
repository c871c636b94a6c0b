// The door to everything in this repository: `npm start`, `npm test`, `npm run check` and `npx valerix` all come here.
// It runs on Node.js 20 and later without any package, makes sure that the dependencies are installed, and hands over to
// the Node.js 24 that is among them. The program ends as this does: same exit code, same signal.
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const LEAST_NODE_MAJOR = 20

/** What can be run, and where it lies. `fromRoot`: it runs in the repository's root, wherever it was called from. */
const programs = {
  valerix: {
    script: "apps/valerix/src/main.ts",
    nodeOptions: ["--disable-warning=ExperimentalWarning"],
    fromRoot: false
  },
  check: { script: "tools/check.mjs", nodeOptions: [], fromRoot: true },
  simulate: { script: "chaos/simulation/src/main.ts", nodeOptions: [], fromRoot: true },
  crash: {
    script: "chaos/crash/src/main.ts",
    nodeOptions: ["--disable-warning=ExperimentalWarning"],
    fromRoot: true
  },
  fuzz: {
    script: "chaos/fuzz/src/main.ts",
    nodeOptions: ["--disable-warning=ExperimentalWarning"],
    fromRoot: true
  },
  vitest: { script: "node_modules/vitest/vitest.mjs", nodeOptions: [], fromRoot: true },
  biome: { script: "node_modules/@biomejs/biome/bin/biome", nodeOptions: [], fromRoot: true },
  tsc: { script: "node_modules/typescript/bin/tsc", nodeOptions: [], fromRoot: true }
}

const [name, ...args] = process.argv.slice(2)
const program = Object.entries(programs).find(([known]) => known === name)?.[1]

if (program === undefined) {
  const what = name === undefined ? "Nothing to run." : `There is no "${name}" to run.`
  end(`${what} Known are: ${Object.keys(programs).join(", ")}.`, 2)
} else if (Number.parseInt(process.versions.node, 10) < LEAST_NODE_MAJOR) {
  end(`Valerix needs Node.js ${LEAST_NODE_MAJOR} or later to start. This is ${process.versions.node}.`, 1)
} else {
  await run(program)
}

/** @param {(typeof programs)[keyof typeof programs]} chosen */
async function run({ script, nodeOptions, fromRoot }) {
  // Loaded only now: an older Node.js may stumble over these files before it could be told what is wrong.
  const { ensureInstalled } = await import("./bootstrap/Installation.mjs")
  const { launch } = await import("./bootstrap/Launch.mjs")
  const { endAs } = await import("./bootstrap/Supervision.mjs")
  const { Interrupted, Unusable } = await import("./bootstrap/Unusable.mjs")
  const root = dirname(dirname(fileURLToPath(import.meta.url)))
  try {
    const node = await ensureInstalled(root)
    await launch({
      node,
      args: [...nodeOptions, join(root, script), ...args],
      root,
      cwd: fromRoot ? root : process.cwd()
    })
  } catch (error) {
    if (error instanceof Unusable) end(error.message, 1)
    else if (error instanceof Interrupted) endAs({ exitCode: null, signal: error.signal })
    else throw error
  }
}

/**
 * @param {string} message
 * @param {number} exitCode
 */
function end(message, exitCode) {
  process.stderr.write(`valerix: ${message}\n`)
  process.exitCode = exitCode
}
