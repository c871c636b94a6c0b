import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { Effect } from "effect"

const PROGRAM_LIMIT_MS = 3_000
const run = promisify(execFile)

/** What a program says that answers at once; none when it cannot be run. */
export const saidBy = (program: string, args: ReadonlyArray<string>): Effect.Effect<string | undefined> =>
  Effect.tryPromise(() => run(program, [...args], { timeout: PROGRAM_LIMIT_MS })).pipe(
    Effect.map(({ stdout }): string | undefined => stdout.trim()),
    Effect.orElseSucceed(() => undefined)
  )
