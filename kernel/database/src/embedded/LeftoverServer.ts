import { execFile } from "node:child_process"
import { chown, readFile, readlink, realpath, stat, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { promisify } from "node:util"
import { Effect, Schedule } from "effect"
import { because, type EmbeddedServerError, LeftoverServer } from "./EmbeddedServerError.ts"
import { accessing, errorCode } from "./FileAccess.ts"
import { isAlive, signalTo } from "./ProcessSignal.ts"

const execute = promisify(execFile)

const graceMs = 5_000
const pollMs = 50

/** Greater than any process id of Linux, macOS or the BSDs. */
const noProcess = 2_147_483_646

/**
 * Clears the way for a start on data that a server may still be using: one whose supervisor was killed is stopped,
 * first fast, then at once, then by force. The caller holds the home's lock, so no other Valerix is meant to use it.
 * Fails with `LeftoverServer` when it cannot be stopped.
 */
export const stopLeftoverServer = Effect.fn("EmbeddedServer.stopLeftoverServer")(function* (
  data: string
): Effect.fn.Return<void, EmbeddedServerError> {
  const file = join(data, "postmaster.pid")
  const content = yield* accessing("read", file, () => readOrAbsent(file))
  const processId = Number(content?.split("\n")[0])
  if (content === undefined || !Number.isInteger(processId) || processId <= 0 || !isAlive(processId)) return
  if (!(yield* accessing("identify the process of", file, () => isServerOn(processId, data)))) {
    return yield* accessing("correct", file, () => disown(file, content))
  }
  yield* Effect.logWarning(`Stopping the PostgreSQL server of an earlier run (process ${processId}).`)
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    if (yield* stoppedBy(signal, processId)) return
  }
  return yield* because(new LeftoverServer({ data, processId }))
})

const readOrAbsent = (path: string) =>
  readFile(path, "utf8").catch((cause: unknown) => {
    if (errorCode(cause) === "ENOENT") return undefined
    throw cause
  })

const stoppedBy = (signal: NodeJS.Signals, processId: number): Effect.Effect<boolean> =>
  Effect.sync(() => signalTo(processId, signal)).pipe(
    Effect.andThen(
      Effect.repeat(
        Effect.sync(() => isAlive(processId)),
        {
          while: (alive) => alive,
          schedule: Schedule.spaced(pollMs),
          times: graceMs / pollMs
        }
      )
    ),
    Effect.map(() => !isAlive(processId))
  )

/** The id in the file may have gone to another process since. A server works in its data folder and has its name. */
const isServerOn = async (processId: number, data: string): Promise<boolean> => {
  if (process.platform === "linux") {
    const program = await readlink(`/proc/${processId}/exe`).catch(() => "")
    const folder = await realpath(`/proc/${processId}/cwd`).catch(() => "")
    return basename(program.replace(/ \(deleted\)$/, "")) === "postgres" && folder === data
  }
  const { stdout } = await execute("ps", ["-o", "args=", "-p", String(processId)]).catch(() => ({ stdout: "" }))
  return stdout.includes("postgres -D ") && stdout.includes(data)
}

/**
 * PostgreSQL refuses to start while the process named in this file lives, whatever it is. The name is replaced rather
 * than the file removed, because the file also names the shared memory by which PostgreSQL notices surviving backends.
 */
const disown = async (file: string, content: string) => {
  const { uid, gid } = await stat(file)
  await writeFile(file, content.replace(/^\d+/, String(noProcess)))
  if (process.getuid?.() === 0) await chown(file, uid, gid)
}
