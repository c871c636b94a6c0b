import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, openSync } from "node:fs"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { ARMED_VARIABLE, type Arming, MARK_DESCRIPTOR } from "./program/Arming.ts"

const CRASHING_PROGRAM = fileURLToPath(new URL("program/CrashingProgram.ts", import.meta.url))
const STOP_LIMIT_MS = 30_000

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** The program as a process of its own. */
export interface Program {
  readonly url: string
  readonly log: string
  readonly startedAtMs: number
  /** Resolves when the process is gone. */
  readonly gone: Promise<Ending>
  readonly hasEnded: () => boolean
  /** The boundary at which it struck itself; resolves when it does. */
  readonly marked: Promise<string>
  readonly mark: () => string | undefined
  /** Whether it was armed as it was started. */
  readonly isArmed: () => boolean
  readonly arm: (arming: Arming) => void
  readonly signal: (signal: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM") => void
  /** Asks it to stop, and gives how it ended; kills it when it takes too long. */
  readonly stop: Effect.Effect<Ending>
}

/** A port that was free a moment ago. */
export const freePort = Effect.promise(
  () =>
    new Promise<number>((resolve, reject) => {
      const probe = createServer()
      probe.once("error", reject)
      probe.listen(0, "127.0.0.1", () => {
        const address = probe.address()
        probe.close(() =>
          typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port"))
        )
      })
    })
)

/** Starts the program, which writes its log to a file; it is killed when the scope closes. */
export const startProgram = (options: {
  readonly port: number
  readonly log: string
  readonly environment: Readonly<Record<string, string>>
  readonly arming: Arming | undefined
}) =>
  Effect.acquireRelease(
    Effect.sync(() => launch(options)),
    (program) =>
      Effect.promise(() => {
        if (!program.hasEnded()) program.signal("SIGKILL")
        return program.gone
      })
  )

const launch = ({ arming, environment, log, port }: Parameters<typeof startProgram>[0]): Program => {
  const output = openSync(log, "a")
  const { PATH = "", HOME = "/tmp" } = process.env
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", CRASHING_PROGRAM], {
    env: {
      PATH,
      HOME,
      ...environment,
      PORT: String(port),
      ...(arming === undefined ? {} : { [ARMED_VARIABLE]: JSON.stringify(arming) })
    },
    stdio: ["ignore", output, output, "pipe", "ipc"]
  })
  closeSync(output)
  // What is sent to a process that is gone is lost, and that it is gone is seen elsewhere.
  child.on("error", () => undefined)
  let mark: string | undefined
  const marked = new Promise<string>((resolve) => {
    child.stdio[MARK_DESCRIPTOR]?.on("data", (chunk: Buffer) => {
      mark = chunk.toString("utf8")
      resolve(mark)
    })
  })
  // Closed, so that all that the program wrote has been read.
  const gone = once(child, "close").then(() => endingOf(child))
  const program: Omit<Program, "stop"> = {
    url: `http://127.0.0.1:${port}`,
    log,
    startedAtMs: performance.now(),
    gone,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    marked,
    mark: () => mark,
    isArmed: () => arming !== undefined,
    arm: (given) => {
      if (child.connected) child.send(given, () => undefined)
    },
    signal: (signal) => {
      child.kill(signal)
    }
  }
  return { ...program, stop: stopping(program) }
}

const endingOf = ({ exitCode, signalCode }: ChildProcess): Ending => ({ code: exitCode, signal: signalCode })

const stopping = ({ gone, signal }: Omit<Program, "stop">) =>
  Effect.sync(() => signal("SIGTERM")).pipe(
    Effect.andThen(Effect.promise(() => gone)),
    Effect.timeoutOrElse({
      duration: STOP_LIMIT_MS,
      orElse: () => {
        signal("SIGKILL")
        return Effect.promise(() => gone)
      }
    })
  )
