import { spawn } from "node:child_process"
import { Effect } from "effect"
import { errorCode } from "./FileAccess.ts"
import { signalTo } from "./ProcessSignal.ts"

/** As whom a program runs; `undefined` is the user of this process. */
export type RunAs = { readonly uid: number; readonly gid: number } | undefined

export interface ProgramResult {
  /** The exit code; `undefined` when it could not be started, was killed, or took too long. */
  readonly code: number | undefined
  readonly output: string
}

const outputMax = 16_384

/**
 * What PostgreSQL's programs see: nothing of this process's environment, which may hold secrets, and messages in
 * English, because they end up in errors.
 */
export const bareEnvironment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" }

/**
 * Runs a program to its end, in `/` because the given user may not be able to enter any other folder. Never fails:
 * whatever went wrong is in the result's code and output (standard output and error together).
 */
export const runProgram = (options: {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly as?: RunAs
  readonly input?: string
  readonly timeoutMs: number
}): Effect.Effect<ProgramResult> =>
  Effect.callback<ProgramResult>((resume) => {
    const chunks: Array<string> = []
    const child = spawn(options.command, options.args, {
      cwd: "/",
      env: bareEnvironment,
      stdio: ["pipe", "pipe", "pipe"],
      timeout: options.timeoutMs,
      killSignal: "SIGKILL",
      detached: true,
      ...options.as
    })
    const collect = (chunk: string) => {
      if (chunks.length * 64 < outputMax) chunks.push(chunk)
    }
    child.stdout.setEncoding("utf8").on("data", collect)
    child.stderr.setEncoding("utf8").on("data", collect)
    child.stdin.on("error", () => undefined)
    child.on("error", (cause) => resume(Effect.succeed({ code: undefined, output: errorCode(cause) })))
    child.on("close", (code) =>
      resume(Effect.succeed({ code: code ?? undefined, output: chunks.join("").slice(0, outputMax).trim() }))
    )
    child.stdin.end(options.input ?? "")
    // The program may be a shell that runs another one: they are a process group of their own and end together.
    return Effect.sync(() => child.pid !== undefined && child.exitCode === null && signalTo(-child.pid, "SIGKILL"))
  })
