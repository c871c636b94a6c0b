import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { Deferred, Effect } from "effect"
import { BinariesUnusable, because, type EmbeddedServerError } from "./EmbeddedServerError.ts"
import { errorCode } from "./FileAccess.ts"
import type { PostgresBinaries } from "./PostgresBinaries.ts"
import { signalTo } from "./ProcessSignal.ts"
import { bareEnvironment } from "./RunProgram.ts"
import type { ServerLog } from "./ServerLog.ts"
import { durability } from "./ServerSettings.ts"
import type { ServerUser } from "./ServerUser.ts"

/** A PostgreSQL server that was started; whether it accepts connections yet is another question. */
export interface ServerProcess {
  readonly processId: number
  /** Completes with how it ended. */
  readonly ended: Deferred.Deferred<string>
  /** Stops the server: fast (open transactions are rolled back), then at once, then by force; ends within 15 s. */
  readonly stop: Effect.Effect<void>
}

/**
 * The server must not outlive this process, however this process dies. A shell watches a pipe of which this process
 * holds the other end, and the operating system closes that end for whoever dies. The watcher is a process of its own,
 * so it does its work even when the shell itself is killed. Signals of a terminal reach neither of them.
 */
const supervisor = `
exec 3<&0
"$@" </dev/null >&2 3<&- &
server=$!
trap '' HUP INT TERM
wait_gone() {
  tick=0
  while [ "$tick" -lt 50 ] && kill -0 "$server"; do
    sleep 0.1 || sleep 1
    tick=$((tick + 1))
  done
}
(
  while read -r _ <&3; do :; done
  kill -INT "$server" && wait_gone
  kill -QUIT "$server" && wait_gone
  kill -KILL "$server"
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
echo "$server"
exec >/dev/null
wait "$server"
code=$?
kill -KILL "$watcher" 2>/dev/null
exit "$code"
`

const stopMs = 12_000
const killMs = 3_000

export const settingsFile = "valerix.conf"

const serverArguments = (data: string): ReadonlyArray<string> => [
  "-D",
  data,
  "-c",
  `config_file=${data}/${settingsFile}`,
  ...Object.entries(durability).flatMap(([name, value]) => ["-c", `${name}=${value}`])
]

/** Starts the server under its supervisor. Fails with `BinariesUnusable` when no process can be started at all. */
export const spawnServer = (options: {
  readonly data: string
  readonly binaries: PostgresBinaries
  readonly user: ServerUser
  readonly log: ServerLog
}): Effect.Effect<ServerProcess, EmbeddedServerError> =>
  Effect.callback<ServerProcess, EmbeddedServerError>((resume) => {
    const child = spawn(
      "/bin/sh",
      ["-c", supervisor, "valerix-postgres", options.binaries.postgres, ...serverArguments(options.data)],
      {
        cwd: "/",
        detached: true,
        env: bareEnvironment,
        stdio: ["pipe", "pipe", options.log.descriptor],
        ...options.user.as
      }
    )
    const ended = Deferred.makeUnsafe<string>()
    const failed = (detail: string) => resume(Effect.fail(because(new BinariesUnusable({ detail }))))
    child.on("error", (cause) => failed(`/bin/sh could not be started (${errorCode(cause)})`))
    child.on("exit", (code, signal) => {
      Deferred.doneUnsafe(ended, Effect.succeed(signal === null ? `it ended with code ${code}` : `${signal} ended it`))
      failed("its supervisor ended at once")
    })
    const { stdin, stdout } = child
    if (stdin === null || stdout === null) return failed("/bin/sh was started without pipes")
    stdin.on("error", () => undefined)
    createInterface(stdout).once("line", (line) => {
      const processId = Number(line)
      resume(Effect.succeed({ processId, ended, stop: stop(() => stdin.end(), ended, processId) }))
    })
  })

const stop = (release: () => void, ended: Deferred.Deferred<string>, processId: number): Effect.Effect<void> => {
  const endsWithin = (timeoutMs: number) => Effect.timeout(Deferred.await(ended), timeoutMs)
  const kill = Effect.sync(() => {
    if (!Deferred.isDoneUnsafe(ended)) signalTo(processId, "SIGKILL")
  })
  return Effect.sync(release).pipe(
    Effect.andThen(endsWithin(stopMs)),
    Effect.catch(() => Effect.andThen(kill, endsWithin(killMs))),
    Effect.ignore,
    Effect.uninterruptible
  )
}
