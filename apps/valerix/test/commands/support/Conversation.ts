import { spawn, spawnSync } from "node:child_process"
import { tmpdir } from "node:os"
import { Effect, Schedule, type Scope } from "effect"
import { type Environment, valerixCommand } from "./Valerix.ts"

const ANSWER_LIMIT_MS = 90_000

/** Whether this machine has the program that gives another one a terminal: util-linux's `script`. */
export const hasTerminal =
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`

/** Runs `valerix` on a terminal of its own, waits for each question, and types what is to be answered. */
export const converse = (
  args: ReadonlyArray<string>,
  environment: Environment,
  answers: ReadonlyArray<readonly [question: RegExp, typed: string]>
): Effect.Effect<{ readonly code: number | null; readonly seen: string }, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { PATH = "", HOME = "/tmp" } = process.env
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn("script", ["--quiet", "--return", "--command", valerixCommand(args).map(quoted).join(" "), "/dev/null"], {
          cwd: tmpdir(),
          env: { PATH, HOME, TERM: "xterm", ...environment },
          stdio: ["pipe", "pipe", "pipe"]
        })
      ),
      (child) => Effect.sync(() => void child.kill("SIGTERM"))
    )
    let seen = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      seen += text
    })
    const gone = new Promise<number | null>((resolve) => child.once("close", resolve))
    let from = 0
    for (const [question, typed] of answers) {
      yield* Effect.repeat(
        Effect.sync(() => question.exec(seen.slice(from))),
        { while: (found) => found === null && child.exitCode === null, schedule: Schedule.spaced(20) }
      ).pipe(
        Effect.timeoutOrElse({
          duration: ANSWER_LIMIT_MS,
          orElse: () => Effect.die(new Error(`not asked: ${question}\n${seen}`))
        })
      )
      from = seen.length
      yield* Effect.sync(() => child.stdin.write(typed))
    }
    const code = yield* Effect.promise(() => gone).pipe(Effect.timeout(ANSWER_LIMIT_MS), Effect.orDie)
    return { code, seen }
  })
