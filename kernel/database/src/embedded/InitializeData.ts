import { mkdir, rename, rmdir } from "node:fs/promises"
import { dirname } from "node:path"
import { Effect, Redacted } from "effect"
import type { Credentials } from "./Credentials.ts"
import { removeUnfinished, unfinishedName } from "./DataPlacement.ts"
import { because, type EmbeddedServerError, InitializationFailed } from "./EmbeddedServerError.ts"
import { accessing, giveTo, syncDirectory } from "./FileAccess.ts"
import type { PostgresBinaries } from "./PostgresBinaries.ts"
import { runProgram } from "./RunProgram.ts"
import type { ServerUser } from "./ServerUser.ts"

/** The superuser of the embedded server; no service ever gets its password. */
export const adminUsername = "valerix_admin"

const initializationTimeoutMs = 120_000

/**
 * Creates the data folder under another name and renames it when it is complete and on disk: a start that is cut short
 * leaves nothing that looks like data. Fails with `InitializationFailed`, which holds what initdb said.
 */
export const initializeData = Effect.fn("EmbeddedServer.initializeData")(function* (
  data: string,
  binaries: PostgresBinaries,
  user: ServerUser,
  credentials: Credentials
): Effect.fn.Return<void, EmbeddedServerError> {
  const creating = unfinishedName(data)
  yield* accessing("create", creating, async () => {
    await removeUnfinished(data)
    await mkdir(creating, { recursive: true, mode: 0o700 })
    await giveTo(creating, user.as)
  })
  const { code, output } = yield* runProgram({
    command: "/bin/sh",
    // initdb reads the password from a pipe of the shell: no file, no argument and no environment ever holds it, and
    // unlike a pipe of ours, its own user may open that one by name.
    args: ["-c", 'cat | "$@"', "sh", binaries.initdb, ...initdbArguments(creating)],
    as: user.as,
    input: `${Redacted.value(credentials.admin)}\n`,
    timeoutMs: initializationTimeoutMs
  })
  if (code !== 0) return yield* because(new InitializationFailed({ data, output }))
  yield* accessing("move into place", data, async () => {
    await rmdir(data).catch(() => undefined)
    await rename(creating, data)
    await syncDirectory(dirname(data))
  })
})

const initdbArguments = (data: string): ReadonlyArray<string> => [
  `--pgdata=${data}`,
  `--username=${adminUsername}`,
  "--pwfile=/dev/stdin",
  "--auth-local=scram-sha-256",
  "--auth-host=scram-sha-256",
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--data-checksums",
  "--no-instructions"
]
