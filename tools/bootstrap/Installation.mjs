import { access, constants, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fingerprintOf, isInstalled } from "./InstalledState.mjs"
import { withInstallLock } from "./InstallLock.mjs"
import { fetchNode, pinnedNode, presentNode } from "./NodeBinary.mjs"
import { runInstaller } from "./Npm.mjs"
import { Unusable } from "./Unusable.mjs"

/** What an install leaves behind: says at a glance that nothing has to be done. Gone with node_modules. */
const stampOf = (/** @type {string} */ root) => join(root, "node_modules", ".valerix-installed")
const lockOf = (/** @type {string} */ root) => join(root, ".valerix-install.lock")

/** Development dependencies are asked for by name: where NODE_ENV is "production" npm leaves them out. */
const INSTALL_OPTIONS = ["--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"]

/**
 * Makes sure that what package-lock.json asks for is installed, and answers the path of the Node.js to run programs with.
 * Any number of processes may do this at the same time.
 *
 * @param {string} root the repository's root
 * @returns {Promise<string>}
 */
export async function ensureInstalled(root) {
  const fingerprint = await fingerprintOf(root)
  const pinned = pinnedNode(root)
  if ((await textOf(stampOf(root))) === fingerprint && (await exists(pinned))) return pinned
  /** @param {string} node */
  const finish = async (node) => {
    // Without a stamp the next run looks more closely, and that is all.
    if (node === pinned) await writeFile(stampOf(root), fingerprint).catch(() => {})
    return node
  }
  // An install by hand leaves no stamp, and may be where nothing can be written.
  const present = (await isInstalled(root)) ? presentNode(root) : undefined
  if (present !== undefined) return finish(present)
  await refuseReadOnly(root)
  return withInstallLock(lockOf(root), sayWaiting, async (alsoHeldBy) => {
    if (!(await isInstalled(root))) await install(root, alsoHeldBy)
    return finish(presentNode(root) ?? (await fetchNode(root)))
  })
}

/**
 * @param {string} root
 * @param {(pid: number) => Promise<void>} alsoHeldBy
 */
async function install(root, alsoHeldBy) {
  const startedAt = Date.now()
  process.stderr.write("valerix: installing the dependencies, about a minute the first time …")
  try {
    await runInstaller(["npm", ...(await commandFor(root)), ...INSTALL_OPTIONS], root, alsoHeldBy)
  } catch (error) {
    process.stderr.write("\n")
    throw error
  }
  process.stderr.write(` done in ${Math.round((Date.now() - startedAt) / 1000)} s\n`)
}

/**
 * A whole install takes what is there away first, perhaps from under a program that runs: it is for where nothing is
 * whole. What is whole is brought up to date. Neither writes into the repository.
 *
 * @param {string} root
 */
async function commandFor(root) {
  if (!(await exists(join(root, "package-lock.json")))) return ["install"]
  return (await exists(join(root, "node_modules", ".package-lock.json"))) ? ["install", "--no-save"] : ["ci"]
}

/** @param {string} root */
async function refuseReadOnly(root) {
  const modules = join(root, "node_modules")
  for (const folder of [root, modules]) {
    if (!(await exists(folder))) continue
    await access(folder, constants.W_OK).catch(() => {
      throw new Unusable(
        `The dependencies are missing or out of date, and ${folder} cannot be written. Run "npm ci" as its owner.`
      )
    })
  }
}

function sayWaiting() {
  process.stderr.write("valerix: waiting for another run to install the dependencies …\n")
}

/** @param {string} path */
function textOf(path) {
  return readFile(path, "utf8").catch(() => undefined)
}

/** @param {string} path */
function exists(path) {
  return access(path).then(
    () => true,
    () => false
  )
}
