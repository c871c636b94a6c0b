import { open, readFile, rm, stat } from "node:fs/promises"
import { hostname } from "node:os"
import { setTimeout as sleep } from "node:timers/promises"
import { INSTALL_LIMIT_MS } from "./Npm.mjs"
import { Unusable } from "./Unusable.mjs"

const POLL_INTERVAL_MS = 200
/** No holder lives longer, wherever it runs: the process ids of another container say nothing here. */
const HOLDER_AGE_MAX_MS = INSTALL_LIMIT_MS + 60_000
const WAIT_LIMIT_MS = 2 * HOLDER_AGE_MAX_MS

/**
 * @typedef {object} Holder
 * @property {string} host
 * @property {number[]} pids the process that holds the lock, and what it started: an orphan of it still installs
 */

/**
 * Does something while no other process on this tree does: a file that only one of them can create is the lock.
 *
 * @template A
 * @param {string} path where the lock's file is
 * @param {() => void} onWait called once if another process holds the lock
 * @param {(alsoHeldBy: (pid: number) => Promise<void>) => Promise<A>} body
 * @returns {Promise<A>}
 */
export async function withInstallLock(path, onWait, body) {
  await acquire(path, onWait)
  try {
    return await body((pid) => writeHolder(path, "r+", [process.pid, pid]))
  } finally {
    await rm(path, { force: true })
  }
}

/**
 * @param {string} path
 * @param {() => void} onWait
 */
async function acquire(path, onWait) {
  const deadline = Date.now() + WAIT_LIMIT_MS
  for (let waited = false; !(await take(path)); waited = true) {
    if (Date.now() > deadline)
      throw new Unusable(`Others have been installing for too long. If there are none, delete ${path}.`)
    if (await isAbandoned(path)) {
      await removeAbandoned(path)
    } else {
      if (!waited) onWait()
      await sleep(POLL_INTERVAL_MS)
    }
  }
}

/**
 * Two waiters may find the same lock abandoned, and the slower one would remove the lock that the faster one has taken
 * meanwhile. Hence only who holds this second lock removes the first, after another look at it.
 *
 * @param {string} path
 */
async function removeAbandoned(path) {
  const removal = `${path}.removal`
  if (!(await take(removal))) {
    if (await isAbandoned(removal)) await rm(removal, { force: true })
    await sleep(POLL_INTERVAL_MS)
    return
  }
  try {
    if (await isAbandoned(path)) await rm(path, { force: true })
  } finally {
    await rm(removal, { force: true })
  }
}

/** @param {string} path */
async function take(path) {
  try {
    await writeHolder(path, "wx", [process.pid])
    return true
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false
    throw error
  }
}

/** @param {string} path */
async function isAbandoned(path) {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > HOLDER_AGE_MAX_MS) return true
    const { host, pids } = await readHolder(path)
    return host === hostname() && !pids.some(isAlive)
  } catch (error) {
    // It was released just now, or its holder is just writing it.
    if (hasCode(error, "ENOENT") || error instanceof SyntaxError) return false
    throw error
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return hasCode(error, "EPERM")
  }
}

/**
 * @param {string} path
 * @returns {Promise<Holder>}
 */
async function readHolder(path) {
  return JSON.parse(await readFile(path, "utf8"))
}

/**
 * @param {string} path
 * @param {"wx" | "r+"} flags
 * @param {number[]} pids
 */
async function writeHolder(path, flags, pids) {
  /** @type {Holder} */
  const holder = { host: hostname(), pids }
  const file = await open(path, flags)
  try {
    await file.writeFile(JSON.stringify(holder))
  } finally {
    await file.close()
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function hasCode(error, code) {
  return error instanceof Error && "code" in error && error.code === code
}
