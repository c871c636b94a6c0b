import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { runInstaller } from "./Npm.mjs"
import { Interrupted, Unusable } from "./Unusable.mjs"

/** The first that runs TypeScript as it is. */
const LEAST_NODE_MAJOR = 24
const VERSION_LIMIT_MS = 30_000

/**
 * Where the pinned Node.js is, if its package was installed.
 *
 * @param {string} root
 */
export function pinnedNode(root) {
  return join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node")
}

/**
 * The Node.js to run programs with: the pinned one or, where there is none for this platform, the one that runs this
 * process if that will do.
 *
 * @param {string} root
 */
export function presentNode(root) {
  return [pinnedNode(root), process.execPath].find(runsTypeScript)
}

/**
 * Fetches the pinned Node.js, which its package does in an install script: those may be switched off.
 *
 * @param {string} root
 */
export async function fetchNode(root) {
  const script = "installArchSpecificPackage.js"
  const folder = join(root, "node_modules", "node")
  if (existsSync(join(folder, script))) {
    const failure = await runInstaller([process.execPath, script], folder).catch((error) => error)
    if (failure instanceof Interrupted) throw failure
  }
  if (runsTypeScript(pinnedNode(root))) return pinnedNode(root)
  throw new Unusable(
    `Node.js ${LEAST_NODE_MAJOR} is missing. It should have come with the dependencies, and this is ${process.versions.node} on ` +
      `${process.platform}-${process.arch}. Delete node_modules and try again, with install scripts allowed ` +
      `(npm config set ignore-scripts false), or start with a Node.js ${LEAST_NODE_MAJOR} of your own.`
  )
}

/** @param {string} node */
function runsTypeScript(node) {
  const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8", timeout: VERSION_LIMIT_MS })
  return Number.parseInt((stdout ?? "").replace(/^v/, ""), 10) >= LEAST_NODE_MAJOR
}
