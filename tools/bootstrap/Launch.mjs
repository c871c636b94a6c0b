import { spawn } from "node:child_process"
import { delimiter, join } from "node:path"
import { endAs, supervise } from "./Supervision.mjs"
import { Unusable } from "./Unusable.mjs"

/** What Node.js has compiled once: a start of the program takes half the time with it. Where it cannot be written it is none. */
const compiledIn = (/** @type {string} */ root) => join(root, "node_modules", ".cache", "node-compile")

/**
 * Runs a program under the given Node.js with this process's terminal, passes signals on to it, and ends as it ends.
 * The fourth descriptor is a pipe by which the program notices that this process is gone.
 *
 * @param {{ node: string, args: ReadonlyArray<string>, root: string, cwd: string }} program
 */
export async function launch({ node, args, root, cwd }) {
  const watch = new URL("./ParentWatch.mjs", import.meta.url).href
  const child = spawn(node, ["--import", watch, ...args], {
    cwd,
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    env: {
      NODE_COMPILE_CACHE: compiledIn(root),
      ...process.env,
      PATH: [join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter),
      VALERIX_LAUNCHED: "1"
    }
  })
  const ending = await supervise(child, (signal) => child.kill(signal)).catch((cause) => {
    throw new Unusable(`${node} cannot be run (${cause.code ?? cause.message}). Delete node_modules and try again.`)
  })
  endAs(ending)
}
