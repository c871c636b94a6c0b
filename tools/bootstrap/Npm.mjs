import { spawn } from "node:child_process"
import { delimiter, sep } from "node:path"
import { supervise } from "./Supervision.mjs"
import { Interrupted, Unusable } from "./Unusable.mjs"

/** An install that takes longer has lost its way: npm's own limits on requests and their retries are shorter. */
export const INSTALL_LIMIT_MS = 10 * 60_000

const isWindows = process.platform === "win32"

/** Of what a failed run said, the beginning is shown: npm names the reason first and explains its usage after it. */
const OUTPUT_KEPT_CHARACTERS_MAX = 16_000
const OUTPUT_SHOWN_LINES_MAX = 25

/** Settings of an npm that may have started this process, which are about its own command and not about an install. */
const FOREIGN_SETTING = /^npm_config_(workspace|workspaces|include_workspace_root|package|call|omit|global|dry_run)$/i

/**
 * Runs an installing command to its end and shows what it said only if it failed.
 * Fails as Unusable if it does, and as Interrupted if this process is told to end meanwhile.
 *
 * @param {ReadonlyArray<string>} command
 * @param {string} cwd
 * @param {(pid: number) => Promise<void>} [started]
 */
export async function runInstaller(command, cwd, started = async () => {}) {
  const [program = "", ...args] = command
  const child = spawn(program, args, {
    cwd,
    env: ownEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
    // npm does not end everything that its packages' scripts have started, so all of it is a group that can be told at once.
    detached: !isWindows,
    // On Windows npm is a batch file, which only a shell can start.
    shell: isWindows && program === "npm"
  })
  /** @param {NodeJS.Signals} signal */
  const tell = (signal) => {
    try {
      if (isWindows || child.pid === undefined) child.kill(signal)
      else process.kill(-child.pid, signal)
    } catch {
      // It ended just now.
    }
  }
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output = (output + text).slice(0, OUTPUT_KEPT_CHARACTERS_MAX)
    })
  }
  const limit = setTimeout(() => tell("SIGKILL"), INSTALL_LIMIT_MS)
  const ended = supervise(child, tell)
    .finally(() => clearTimeout(limit))
    .catch((cause) => {
      throw new Unusable(
        cause.code === "ENOENT"
          ? `${program} was not found on the PATH. It comes with Node.js: install it, then try again.`
          : `${program} could not be started: ${cause.message}`
      )
    })
  const [ending] = await Promise.all([ended, child.pid === undefined ? undefined : started(child.pid)])
  if (ending.received !== null) throw new Interrupted(ending.received)
  if (ending.exitCode !== 0) {
    const how = ending.signal ?? `exit code ${ending.exitCode}`
    const said = output.trim().split("\n").slice(0, OUTPUT_SHOWN_LINES_MAX).join("\n")
    throw new Unusable(`"${command.join(" ")}" failed (${how}):\n${said}`)
  }
}

/** This process's environment, without what npm put there for the command that started this process. */
function ownEnvironment() {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN_SETTING.test(name)))
  // Among these folders is the one with the Node.js that is about to be replaced.
  const folders = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.endsWith(`${sep}node_modules${sep}.bin`))
  return { ...env, PATH: folders.join(delimiter) }
}
