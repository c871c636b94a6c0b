import { Effect } from "effect"
import { type Fault, unfinishedNow, untilItsMoment } from "./Stage.ts"

const FULL_MS = 1_200

/** The disk under PostgreSQL is full for a while. Needs a file system of the campaign's own, which root can mount. */
export const fillDisk: Fault = Effect.fnUntraced(function* (stage, planned) {
  const { disk } = stage
  yield* untilItsMoment(planned)
  const old = yield* unfinishedNow(stage)
  if (disk === undefined) return { outcome: "not possible here", old, sinceMs: performance.now() }
  yield* Effect.acquireUseRelease(
    disk.fill,
    () => Effect.sleep(FULL_MS),
    () => disk.free
  )
  return { outcome: "struck", old, sinceMs: performance.now() }
})
