/** @type {ReadonlyArray<NodeJS.Signals>} */
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"]

/** npm starts this in a shell, which a signal may end without a word to this process; then nobody would be left to end it. */
const isStartedByNpm = process.env["npm_lifecycle_event"] !== undefined
const startedBy = process.ppid
const PARENT_LOOKED_AT_EVERY_MS = 250

/**
 * @typedef {object} Ending
 * @property {number | null} exitCode
 * @property {NodeJS.Signals | null} signal the signal that ended the child
 * @property {NodeJS.Signals | null} received the first signal that this process was sent meanwhile
 */

/**
 * Waits for a child and passes on to it what this process is told by signal, and SIGTERM when npm, or the shell in which
 * npm started this process, is gone. Rejects if the child could not be started.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @param {(signal: NodeJS.Signals) => void} tell how the child is told
 * @returns {Promise<Ending>}
 */
export function supervise(child, tell) {
  /** @type {NodeJS.Signals | null} */
  let received = null
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    received ??= signal
    tell(signal)
  }
  for (const signal of FORWARDED) process.on(signal, forward)
  const watch = setInterval(() => {
    if (!isStartedByNpm || process.ppid === startedBy) return
    clearInterval(watch)
    forward("SIGTERM")
  }, PARENT_LOOKED_AT_EVERY_MS)
  /** @type {Promise<Ending>} */
  const ending = new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal, received }))
  })
  return ending.finally(() => {
    clearInterval(watch)
    for (const signal of FORWARDED) process.off(signal, forward)
  })
}

/**
 * Ends this process as the child ended.
 *
 * @param {Pick<Ending, "exitCode" | "signal">} ending
 */
export function endAs({ exitCode, signal }) {
  if (signal !== null) process.kill(process.pid, signal)
  process.exitCode = exitCode ?? 1
}
