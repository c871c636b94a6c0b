import type { Memory } from "./program/Program.ts"

/** How much the program held after so many requests. */
export interface Sample {
  readonly requests: number
  readonly memory: Memory
}

/** How a measure went with the number of requests: the middle of the slopes between all pairs, and what it is at least. */
export interface Slope {
  readonly bytesPerRequest: number
  readonly atLeast: number
}

const WARM_AFTER = 1 / 3
const SAMPLES_MIN = 12
/** One in twenty would say so by chance: the quantile of the normal distribution for one side. */
const Z = 1.645

/**
 * The least that a request leaves behind when it leaves something: an entry of a map under a text of its own, as an id or
 * a key is, took 112 bytes in V8 when it was measured; a closure that nobody lets go of, more.
 */
export const HEAP_LEAK_BYTES = 100
/** Code is compiled, caches of statements fill up, allocators come to rest: the first thousands of requests say nothing. */
export const REQUESTS_MIN = 20_000
/** Pages of the process come and go by the megabyte; what it holds in them is told by the heap. */
export const RSS_LEAK_BYTES = 1_000

/**
 * The slope of Theil and Sen, and its lower bound by Kendall's statistic (Sen 1968): it makes little of single outliers,
 * as a collection that came late leaves them. None as long as there are too few samples after the program has warmed up.
 */
export const slopeOf = (samples: ReadonlyArray<Sample>, measure: (memory: Memory) => number): Slope | undefined => {
  const warm = samples.slice(Math.floor(samples.length * WARM_AFTER))
  if (warm.length < SAMPLES_MIN) return undefined
  const slopes: Array<number> = []
  warm.forEach((one, at) => {
    for (const later of warm.slice(at + 1)) {
      slopes.push((measure(later.memory) - measure(one.memory)) / (later.requests - one.requests))
    }
  })
  slopes.sort((one, other) => one - other)
  const n = warm.length
  const spread = Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const at = (place: number) => slopes[Math.min(slopes.length - 1, Math.max(0, Math.floor(place)))] ?? 0
  return { bytesPerRequest: at((slopes.length - 1) / 2), atLeast: at((slopes.length - spread) / 2) }
}

/** What of the program's memory grows with the requests. */
export const growthIn = (samples: ReadonlyArray<Sample>): ReadonlyArray<string> => {
  if ((samples.at(-1)?.requests ?? 0) < REQUESTS_MIN) return []
  const heap = slopeOf(samples, ({ arrayBuffers, heapUsed }) => heapUsed + arrayBuffers)
  const rss = slopeOf(samples, (memory) => memory.rss)
  return [
    ...(heap !== undefined && heap.atLeast > HEAP_LEAK_BYTES ? [`the heap grows ${toldOf(heap)}`] : []),
    ...(rss !== undefined && rss.atLeast > RSS_LEAK_BYTES ? [`the process grows ${toldOf(rss)}`] : [])
  ]
}

const toldOf = ({ atLeast, bytesPerRequest }: Slope): string =>
  `${Math.round(bytesPerRequest)} bytes per request, ${Math.round(atLeast)} at least`
