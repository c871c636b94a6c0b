import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"

/**
 * The parts of npm's files that are read here.
 *
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage & Record<string, unknown>> }} Lockfile
 */

const DEPENDENCY_FIELDS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]

/**
 * Changes whenever an install may be needed: with the lock file, and with any package.json of the workspace.
 *
 * @param {string} root
 */
export async function fingerprintOf(root) {
  const hash = createHash("sha256")
  for (const folder of await packageFolders(root)) {
    hash.update(`${folder}\n`).update((await textOf(join(root, folder, "package.json"))) ?? "")
  }
  return hash.update((await textOf(join(root, "package-lock.json"))) ?? "").digest("hex")
}

/**
 * Whether node_modules holds what package-lock.json asks for, by npm's own record of it, and package-lock.json what the
 * packages ask for. Packages that are made for other platforms may be missing.
 *
 * @param {string} root
 */
export async function isInstalled(root) {
  const locked = await lockfileAt(join(root, "package-lock.json"))
  const installed = await lockfileAt(join(root, "node_modules", ".package-lock.json"))
  if (locked === undefined || installed === undefined) return false
  const complete = Object.entries(locked.packages).every(([path, wanted]) => {
    const found = installed.packages[path]
    if (path === "") return true
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true
    return found.version === wanted.version && found.integrity === wanted.integrity && found.link === wanted.link
  })
  return complete && (await isInStep(root, locked))
}

/**
 * @param {string} root
 * @param {Lockfile} locked
 */
async function isInStep(root, locked) {
  for (const folder of await packageFolders(root)) {
    const manifest = JSON.parse((await textOf(join(root, folder, "package.json"))) ?? "{}")
    const recorded = locked.packages[folder] ?? {}
    for (const field of DEPENDENCY_FIELDS) {
      if (canonical(manifest[field]) !== canonical(recorded[field])) return false
    }
  }
  return true
}

/**
 * The folders with a package.json, relative to the root, which is "". Workspaces are written as folders or as `folder/*`.
 *
 * @param {string} root
 * @returns {Promise<ReadonlyArray<string>>}
 */
async function packageFolders(root) {
  /** @type {{ workspaces?: ReadonlyArray<string> }} */
  const { workspaces = [] } = JSON.parse((await textOf(join(root, "package.json"))) ?? "{}")
  const folders = [""]
  for (const pattern of workspaces) {
    const parent = pattern.replace(/\/\*$/, "")
    const candidates =
      pattern === parent ? [pattern] : (await namesIn(join(root, parent))).map((name) => `${parent}/${name}`)
    for (const candidate of candidates.sort()) {
      if ((await textOf(join(root, candidate, "package.json"))) !== undefined) folders.push(candidate)
    }
  }
  return folders
}

/** @param {unknown} dependencies */
function canonical(dependencies) {
  return JSON.stringify(Object.entries(dependencies ?? {}).sort(([left], [right]) => (left < right ? -1 : 1)))
}

/**
 * @param {string} path
 * @returns {Promise<Lockfile | undefined>}
 */
async function lockfileAt(path) {
  const text = await textOf(path)
  return text === undefined ? undefined : JSON.parse(text)
}

/** @param {string} folder */
function namesIn(folder) {
  return readdir(folder).catch(() => [])
}

/** @param {string} path */
function textOf(path) {
  return readFile(path, "utf8").catch(() => undefined)
}
