import { Clock, Effect } from "effect"

/** A worker's own time, to measure how long something takes: it never jumps, and says nothing about the hour. */
export const monotonicMs: Effect.Effect<number> = Effect.map(Clock.monotonicTimeNanos, (nanos) =>
  Number(nanos / 1_000_000n)
)
