import { Worker } from "node:worker_threads"
import { Schema } from "effect"

/** A world in which promises are broken. */
export interface Broken {
  readonly seed: number
  readonly broken: ReadonlyArray<string>
}

export interface Range {
  readonly from: number
  readonly count: number
  /** The name of a bug that is planted; none for the real thing. */
  readonly bug: string | undefined
  readonly threads: number
  readonly onProgress?: (done: number) => void
}

const Message = Schema.Union([
  Schema.Struct({ _tag: Schema.tag("Progress"), done: Schema.Int }),
  Schema.Struct({
    _tag: Schema.tag("Broken"),
    done: Schema.Int,
    seed: Schema.Int,
    broken: Schema.Array(Schema.String)
  })
])
const decodeMessage = Schema.decodeUnknownSync(Message)

/** A short-lived object is cheap if it dies before the young generation is full. */
const YOUNG_GENERATION_MB = 128

/** Simulates the worlds of a range of seeds on several threads; stops at the first that is broken. */
export const simulateRange = async (range: Range): Promise<ReadonlyArray<Broken>> => {
  const { bug, count, from, onProgress, threads } = range
  const broken: Array<Broken> = []
  let done = 0
  const workers = Array.from({ length: Math.min(threads, count) }, (_, index) => {
    const workerData = { bug, from: from + index, to: from + count, step: threads }
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB }
    return new Worker(new URL("./Worker.ts", import.meta.url), { workerData, resourceLimits })
  })
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve, reject) => {
          worker.on("message", (raw: unknown) => {
            const message = decodeMessage(raw)
            done += message.done
            onProgress?.(done)
            if (message._tag === "Broken") {
              broken.push({ seed: message.seed, broken: message.broken })
              for (const one of workers) void one.terminate()
            }
          })
          worker.on("error", reject)
          worker.on("exit", () => resolve())
        })
    )
  )
  return broken.toSorted((a, b) => a.seed - b.seed)
}
