import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect, Schema, type Scope } from "effect"

export const VALERIX = fileURLToPath(new URL("../../../src/main.ts", import.meta.url))

const READY_LIMIT_MS = 90_000
const COMMAND_LIMIT_MS = 90_000
const STOP_LIMIT_MS = 30_000

/** How a command ended, and all that it said. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  /** The command's process, which leads a process group of its own. */
  readonly processId: number
  readonly stdout: () => string
  readonly stderr: () => string
  readonly gone: Promise<Ended>
}

export type Environment = Readonly<Record<string, string>>

const LogLine = Schema.fromJsonString(
  Schema.Struct({
    timestamp: Schema.String.check(Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)),
    level: Schema.Literals(["trace", "debug", "info", "warn", "error", "fatal"]),
    service: Schema.NonEmptyString,
    message: Schema.NonEmptyString,
    correlation_id: Schema.optionalKey(Schema.NonEmptyString),
    annotations: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
    error: Schema.optionalKey(Schema.Unknown)
  })
)
const decodeLine = Schema.decodeUnknownSync(LogLine)

/** Every line of a log; throws at the first that is not one JSON object with the fields of an event. */
export const eventsIn = (stdout: string): ReadonlyArray<typeof LogLine.Type> =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => decodeLine(line))

const READY_URL = /"message":"Valerix is ready","annotations":\{"url":"([^"]+)"/

/** Runs a command in an environment that has nothing else in it, as a process group of its own. */
export const spawnCommand = (command: ReadonlyArray<string>, environment: Environment, cwd: string): Running => {
  const [program = "", ...args] = command
  const { PATH = "", HOME = "/tmp", NODE_COMPILE_CACHE } = process.env
  const child = spawn(program, args, {
    cwd,
    env: { PATH, HOME, ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }), ...environment },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"]
  })
  const output = { stdout: "", stderr: "" }
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text
    })
  }
  const gone = once(child, "close").then(() => ({ code: child.exitCode, signal: child.signalCode, ...output }))
  return {
    child,
    processId: child.pid ?? 0,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    gone
  }
}

const hasEnded = ({ child }: Running) => child.exitCode !== null || child.signalCode !== null

/** Ends whatever the command has left of itself. */
const release = (running: Running) =>
  Effect.promise(async () => {
    if (!hasEnded(running)) running.child.kill("SIGTERM")
    const cut = setTimeout(() => killGroup(running), STOP_LIMIT_MS)
    await running.gone
    clearTimeout(cut)
  })

/** Kills a command and everything that is in its process group, without a chance to tidy up. */
export const killGroup = ({ processId }: Running): void => {
  try {
    process.kill(-processId, "SIGKILL")
  } catch {
    // It ended just now.
  }
}

export const valerixCommand = (args: ReadonlyArray<string>): ReadonlyArray<string> => [
  process.execPath,
  "--disable-warning=ExperimentalWarning",
  VALERIX,
  ...args
]

/** Starts a command; it is stopped with the scope. */
export const spawnScoped = (
  command: ReadonlyArray<string>,
  environment: Environment = {},
  cwd = tmpdir()
): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => spawnCommand(command, environment, cwd)),
    release
  )

/** Starts `valerix` with these arguments; it is stopped with the scope. */
export const spawnValerix = (args: ReadonlyArray<string>, environment: Environment = {}, cwd = tmpdir()) =>
  spawnScoped(valerixCommand(args), environment, cwd)

/** Runs `valerix` with these arguments to its end. */
export const runValerix = (
  args: ReadonlyArray<string>,
  environment: Environment = {},
  cwd = tmpdir()
): Effect.Effect<Ended> =>
  Effect.scoped(
    Effect.flatMap(spawnValerix(args, environment, cwd), (running) =>
      Effect.promise(() => running.gone).pipe(Effect.timeout(COMMAND_LIMIT_MS), Effect.orDie)
    )
  )

/** Runs `valerix start` and waits until it says that it is ready; gives where it listens. It listens on any free port. */
export const startValerix = (
  environment: Environment,
  args: ReadonlyArray<string> = ["start"],
  cwd?: string
): Effect.Effect<Running & { readonly url: string }, never, Scope.Scope> =>
  Effect.flatMap(spawnValerix(args, { PORT: "0", ...environment }, cwd), (running) =>
    Effect.map(untilSaid(running, READY_URL), ([, url = ""]) => ({ ...running, url }))
  )

/** Waits until the output on stdout matches; dies with all of it when the command ends before, or after a while. */
export const untilSaid = (running: Running, pattern: RegExp): Effect.Effect<RegExpExecArray> =>
  Effect.callback<RegExpExecArray>((resume) => {
    const said = () => pattern.exec(running.stdout())
    const look = () => {
      const found = said()
      if (found !== null) resume(Effect.succeed(found))
    }
    const ended = () => {
      const found = said()
      if (found !== null) return resume(Effect.succeed(found))
      resume(Effect.die(new Error(`it ended before it said ${pattern}:\n${running.stdout()}${running.stderr()}`)))
    }
    running.child.stdout?.on("data", look)
    void running.gone.then(ended)
    look()
  }).pipe(
    Effect.timeoutOrElse({
      duration: READY_LIMIT_MS,
      orElse: () => Effect.die(new Error(`it never said ${pattern}:\n${running.stdout()}${running.stderr()}`))
    })
  )

/** A folder that is gone when the scope closes; PostgreSQL's user gets through it when root runs the tests. */
export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(async () => {
    const folder = await mkdtemp(join(tmpdir(), "valerix-commands-"))
    await chmod(folder, 0o755)
    return folder
  }),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)
