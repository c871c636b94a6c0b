import { execFile } from "node:child_process"
import { readlink, realpath } from "node:fs/promises"
import { basename, dirname } from "node:path"
import { promisify } from "node:util"
import { Effect, Schedule } from "effect"
import { because, type EmbeddedServerError, LeftoverServer } from "./EmbeddedServerError.ts"
import { accessing, ownerOf, writeDurably } from "./FileAccess.ts"
import { livingProcessIn, postmasterFile, readPostmaster } from "./PostmasterFile.ts"
import { signalTo } from "./ProcessSignal.ts"

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
  const file = postmasterFile(data)
  const processId = yield* accessing("read", file, async () => livingProcessIn(await readPostmaster(file)))
  if (processId === undefined) return
  if (yield* isServerOn(processId, data)) {
    yield* Effect.logWarning(`Stopping the PostgreSQL server of an earlier run (process ${processId}).`)
    yield* stop(processId, data)
  }
  yield* accessing("correct", file, () => disown(file))
})

const stop = Effect.fnUntraced(function* (
  processId: number,
  data: string
): Effect.fn.Return<void, EmbeddedServerError> {
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    signalTo(processId, signal)
    const remains = yield* Effect.repeat(isServerOn(processId, data), {
      while: (remains) => remains,
      schedule: Schedule.spaced(pollMs),
      times: graceMs / pollMs
    }).pipe(Effect.andThen(isServerOn(processId, data)))
    if (!remains) return
  }
  return yield* because(new LeftoverServer({ data, processId }))
})

/**
 * The id in the file may have gone to another process since. A server works in its data folder and has its name; one
 * that has ended but was not yet collected by its parent has neither any more.
 */
export const isServerOn = (processId: number, data: string): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    if (process.platform === "linux") {
      const program = await readlink(`/proc/${processId}/exe`).catch(() => "")
      const folder = await realpath(`/proc/${processId}/cwd`).catch(() => "")
      return basename(program.replace(/ \(deleted\)$/, "")) === "postgres" && folder === data
    }
    const { stdout } = await execute("ps", ["-o", "args=", "-p", String(processId)]).catch(() => ({ stdout: "" }))
    return stdout.includes("postgres -D ") && stdout.includes(data)
  })

/**
 * PostgreSQL refuses to start while the process named in this file lives, whatever it is. The name is replaced rather
 * than the file removed, because the file also names the shared memory by which PostgreSQL notices surviving backends.
 */
const disown = async (file: string) => {
  const content = await readPostmaster(file)
  if (content === undefined || livingProcessIn(content) === undefined) return
  await writeDurably(file, content.replace(/^\d+/, String(noProcess)), 0o600, await ownerOf(dirname(file)))
}
