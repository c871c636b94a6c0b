/** @type {ReadonlyArray<NodeJS.Signals>} */
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"]

/**
 * @typedef {object} Ending
 * @property {number | null} exitCode
 * @property {NodeJS.Signals | null} signal the signal that ended the child
 * @property {NodeJS.Signals | null} received the first signal that this process was sent meanwhile
 */

/**
 * Waits for a child and passes on to it what this process is told by signal. Rejects if the child could not be started.
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
  /** @type {Promise<Ending>} */
  const ending = new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal, received }))
  })
  return ending.finally(() => {
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
