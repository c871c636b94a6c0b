import { type ChildProcess, spawn } from "node:child_process"
import { onTestFinished } from "vitest"

export interface Ended {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A Node.js script that was started and can be watched, told and killed. */
export class StartedProcess {
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  readonly #watchers = new Set<() => void>()
  #stdout = ""
  #stderr = ""

  constructor(
    command: ReadonlyArray<string>,
    options: { readonly cwd: string; readonly env?: Readonly<Record<string, string | undefined>> }
  ) {
    const child = spawn(process.execPath, command, { cwd: options.cwd, env: { ...process.env, ...options.env } })
    this.#child = child
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text
      this.#tellWatchers()
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text
      this.#tellWatchers()
    })
    this.ended = new Promise((resolve, reject) => {
      child.once("error", reject)
      child.once("close", (exitCode, signal) => {
        resolve({ exitCode, signal, stdout: this.#stdout, stderr: this.#stderr })
        this.#tellWatchers()
      })
    })
  }

  /** Starts a script that does not outlive the test. */
  static forThisTest(...args: ConstructorParameters<typeof StartedProcess>): StartedProcess {
    const started = new StartedProcess(...args)
    onTestFinished(() => {
      started.kill("SIGKILL")
    })
    return started
  }

  get pid(): number {
    const { pid } = this.#child
    if (pid === undefined) throw new Error("the process was not started")
    return pid
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  endInput(): void {
    this.#child.stdin?.end()
  }

  /** Waits until it has said this, on either output; fails if it ends without. */
  async says(words: RegExp): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (words.test(`${this.#stdout}\n${this.#stderr}`)) {
          this.#watchers.delete(look)
          resolve()
        } else if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
          this.ended.then(
            ({ stdout, stderr }) => reject(new Error(`ended without ${words}:\n${stdout}\n${stderr}`)),
            reject
          )
        }
      }
      this.#watchers.add(look)
      look()
    })
  }

  #tellWatchers(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }
}
