import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"

const READY_LIMIT_MS = 60_000

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

export interface ProgramProcess {
  readonly child: ChildProcess
  readonly output: () => string
  /** Resolves when the process is gone, with how it went. */
  readonly gone: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** Starts a TypeScript program as a process of its own, under the Node.js that runs this. */
export const startProcess = (
  script: URL,
  args: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>>
): ProgramProcess => {
  const { PATH = "", HOME = "/tmp" } = process.env
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", fileURLToPath(script), ...args], {
    env: { PATH, HOME, ...environment },
    stdio: ["ignore", "pipe", "pipe"]
  })
  let output = ""
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString("utf8")).slice(-20_000)
  }
  child.stdout.on("data", collect)
  child.stderr.on("data", collect)
  const gone = once(child, "exit").then(() => ({ code: child.exitCode, signal: child.signalCode }))
  return { child, output: () => output, gone }
}

/** Waits until the program answers that it is ready; fails with its output when it ends before. */
export const whenReady = (program: ProgramProcess, url: string): Effect.Effect<void> =>
  Effect.promise(async (signal) => {
    const deadline = Date.now() + READY_LIMIT_MS
    while (!signal.aborted) {
      if (program.child.exitCode !== null || program.child.signalCode !== null) {
        throw new Error(`the program ended before it was ready:\n${program.output()}`)
      }
      const isReady = await fetch(`${url}/ready`).then(
        (response) => response.status === 200,
        () => false
      )
      if (isReady) return
      if (Date.now() > deadline) throw new Error(`the program was not ready in time:\n${program.output()}`)
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
