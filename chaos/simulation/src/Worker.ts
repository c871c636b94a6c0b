import { parentPort, workerData } from "node:worker_threads"
import { Schema } from "effect"
import { plant } from "./bugs/Bug.ts"
import { bugs } from "./bugs/index.ts"

/** What a thread is to simulate. */
export const Assignment = Schema.Struct({
  bug: Schema.UndefinedOr(Schema.String),
  from: Schema.Int,
  to: Schema.Int,
  step: Schema.Int
})

const PROGRESS_EVERY_MS = 500

// A world makes many errors that nobody reads the traces of.
Error.stackTraceLimit = 0

const { bug, from, step, to } = Schema.decodeUnknownSync(Assignment)(workerData)
const planted = bugs.find(({ name }) => name === bug)
if (planted !== undefined) plant(planted)
// Imported after the bug was planted, so that it is in it.
const { simulate } = await import("./Simulation.ts")

let done = 0
let reportedMs = performance.now()
for (let seed = from; seed < to; seed += step) {
  const outcome = simulate({ seed })
  done += 1
  if (outcome.broken.length > 0) {
    parentPort?.postMessage({ _tag: "Broken", seed, done, broken: outcome.broken })
    done = 0
  } else if (performance.now() - reportedMs > PROGRESS_EVERY_MS) {
    parentPort?.postMessage({ _tag: "Progress", done })
    done = 0
    reportedMs = performance.now()
  }
}
parentPort?.postMessage({ _tag: "Progress", done })
