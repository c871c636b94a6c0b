import { spawn } from "node:child_process"
import { once } from "node:events"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { Effect, Schema } from "effect"
import { LogLines } from "./LogLines.ts"

const PROBE = fileURLToPath(new URL("Probe.ts", import.meta.url))
const VALERIX = createRequire(import.meta.url).resolve("@valerix/app/src/main.ts")
const READY_LIMIT_MS = 120_000
const STOP_LIMIT_MS = 30_000
const TELLING_LIMIT_MS = 60_000
/** Every request leaves a line; and a machine that is busy with other things is no fault of the program. */
const SETTINGS = { LOG_LEVEL: "debug", DOWNSTREAM_TIMEOUT_MS: "6000" }
const READY = /"message":"Valerix is ready","annotations":\{"url":"([^"]+)"/

const Memory = Schema.Struct({
  arrayBuffers: Schema.Int,
  heapUsed: Schema.Int,
  rss: Schema.Int
})
export type Memory = typeof Memory.Type
const isMemory = Schema.is(Memory)
const isCount = Schema.is(Schema.Int)

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** The real program as a process of its own. */
export interface Program {
  readonly url: string
  readonly log: LogLines
  /** What it wrote besides its log. */
  readonly complaints: () => string
  readonly hasEnded: () => boolean
  /** What it holds when nothing is asked of it; none when it has ended. */
  readonly memory: () => Promise<Memory | undefined>
  /** How many connections over TCP it has; none are told of when it has ended. */
  readonly sockets: () => Promise<number | undefined>
  /** Asks it to stop, and gives how it ended; kills it when it takes too long. */
  readonly stop: () => Promise<Ending>
}

/** Starts `valerix start` on a fresh home folder and any free port; it is killed when the scope closes. */
export const startProgram = (home: string, environment: Readonly<Record<string, string>> = {}) =>
  Effect.acquireRelease(
    Effect.promise(() => launch(home, environment)),
    (program) => Effect.promise(program.stop)
  )

/** Runs another command of the program beside it; gives its exit code and what it said. */
export const runCommand = (home: string, args: ReadonlyArray<string>) =>
  new Promise<{ readonly code: number | null; readonly output: string }>((resolve) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", VALERIX, ...args], {
      env: environmentOf(home, {}),
      stdio: ["ignore", "pipe", "pipe"]
    })
    let output = ""
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text
      })
    }
    child.once("close", (code) => resolve({ code, output }))
  })

const environmentOf = (home: string, more: Readonly<Record<string, string>>) => {
  const { PATH = "", HOME = "/tmp", NODE_COMPILE_CACHE } = process.env
  return {
    PATH,
    HOME,
    ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
    VALERIX_HOME: home,
    PORT: "0",
    ...more
  }
}

const launch = async (home: string, environment: Readonly<Record<string, string>>): Promise<Program> => {
  const args = ["--disable-warning=ExperimentalWarning", "--expose-gc", "--import", PROBE, VALERIX, "start"]
  const child = spawn(process.execPath, args, {
    env: environmentOf(home, { ...SETTINGS, ...environment }),
    stdio: ["ignore", "pipe", "pipe", "ipc"]
  })
  const log = new LogLines()
  let complaints = ""
  const gone = once(child, "close").then(() => ({ code: child.exitCode, signal: child.signalCode }))
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  child.on("error", () => undefined)
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaints += text
  })
  const url = await new Promise<string>((resolve, reject) => {
    let said = ""
    const refuse = () => reject(new Error(`the program did not become ready:\n${said}${complaints}`))
    const limit = setTimeout(refuse, READY_LIMIT_MS)
    void gone.then(refuse)
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      log.add(text)
      if (limit.hasRef() && said.length < 100_000) said += text
      const [, found] = READY.exec(said) ?? []
      if (found === undefined) return
      clearTimeout(limit)
      resolve(found)
    })
  })
  const stop = async (): Promise<Ending> => {
    if (!hasEnded()) child.kill("SIGTERM")
    const cut = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS)
    const ending = await gone
    clearTimeout(cut)
    return ending
  }
  const ask = <A>(what: string, is: (answer: unknown) => answer is A) =>
    new Promise<A | undefined>((resolve) => {
      const limit = setTimeout(() => resolve(undefined), TELLING_LIMIT_MS)
      child.once("message", (message: unknown) => {
        clearTimeout(limit)
        resolve(is(message) ? message : undefined)
      })
      if (child.connected) child.send(what)
      else resolve(undefined)
    })
  const memory = () => ask("memory", isMemory)
  const sockets = () => ask("sockets", isCount)
  return { url, log, complaints: () => complaints, hasEnded, memory, sockets, stop }
}
