// Loaded into the program before anything else (see Launch.mjs). It ends the program when the process that launched it is
// gone, however that died: the pipe between the two is closed by the system then.
import { Socket } from "node:net"
import { isMainThread } from "node:worker_threads"

const LAUNCHER_PIPE_FD = 3
/** How long the program may take to shut down by itself: longer than its own limit for that. */
const SHUTDOWN_LIMIT_MS = 30_000

if (isMainThread && process.env["VALERIX_LAUNCHED"] === "1") {
  // What the program starts in its turn inherits the variable and the option that loads this file, but not the pipe.
  delete process.env["VALERIX_LAUNCHED"]
  const pipe = new Socket({ fd: LAUNCHER_PIPE_FD, readable: true, writable: false })
  pipe.once("error", () => pipe.destroy())
  pipe.once("close", () => {
    setTimeout(() => process.kill(process.pid, "SIGKILL"), SHUTDOWN_LIMIT_MS).unref()
    process.kill(process.pid, "SIGTERM")
  })
  pipe.resume().unref()
}
