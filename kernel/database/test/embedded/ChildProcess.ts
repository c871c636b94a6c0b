import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Effect, Schema, type Scope } from "effect"

/** What a child reports of itself, one JSON document per line. */
export const Report = Schema.Union([
  Schema.Struct({ type: Schema.Literal("running"), serverProcessId: Schema.Int }),
  Schema.Struct({ type: Schema.Literal("refused"), reason: Schema.String, message: Schema.String }),
  Schema.Struct({ type: Schema.Literal("holding") }),
  Schema.Struct({ type: Schema.Literal("attached") })
])
export type Report = typeof Report.Type

export interface Child {
  readonly process: ChildProcess
  readonly report: Report
  readonly output: () => string
}

const reportTimeout = "30 seconds"

/**
 * Runs one of the programs in this folder in a process of its own until the scope closes, and waits for its first
 * report. `as` gives it another user.
 */
export const runChild = (
  program: string,
  args: ReadonlyArray<string>,
  as?: { readonly uid: number; readonly gid: number }
): Effect.Effect<Child, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...args], {
        stdio: ["pipe", "pipe", "pipe"],
        ...as
      })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  ).pipe(
    Effect.flatMap((child) =>
      Effect.callback<Child>((resume) => {
        let output = ""
        child.stderr?.on("data", (chunk) => {
          output += chunk
        })
        child.stdout?.on("data", (chunk) => {
          output += chunk
          const line = output.split("\n").find((line) => line.startsWith('{"type"'))
          if (line === undefined || !output.includes(`${line}\n`)) return
          const report = Schema.decodeUnknownSync(Schema.fromJsonString(Report))(line)
          resume(Effect.succeed({ process: child, report, output: () => output }))
        })
        child.on("exit", (code) => resume(Effect.die(new Error(`${program} ended with ${code}: ${output}`))))
      }).pipe(Effect.timeout(reportTimeout), Effect.orDie)
    )
  )
