import { describe, expect, it } from "vitest"
import { Dice } from "../src/Dice.ts"
import { growthIn, type Sample } from "../src/Flatness.ts"

const MEGABYTE = 1_048_576
const SAMPLES = 48
const REQUESTS_BETWEEN = 2_000

/** A program that holds some noise, and so many bytes more with every request. */
const samplesOf = (heapPerRequest: number, rssPerRequest: number): ReadonlyArray<Sample> => {
  const dice = new Dice(1)
  return Array.from({ length: SAMPLES }, (_, at) => {
    const requests = at * REQUESTS_BETWEEN
    const noise = dice.below(MEGABYTE)
    // A collection that came late.
    const outlier = at === 30 ? 20 * MEGABYTE : 0
    return {
      requests,
      memory: {
        arrayBuffers: 0,
        external: 0,
        heapUsed: Math.round(100 * MEGABYTE + heapPerRequest * requests + noise + outlier),
        rss: Math.round(300 * MEGABYTE + rssPerRequest * requests + 8 * noise + outlier),
        sockets: 0,
        timers: 0
      }
    }
  })
}

describe("whether memory is flat", () => {
  it("is not doubted for noise, nor for a collection that came late", () => {
    expect(growthIn(samplesOf(0, 0))).toEqual([])
  })

  it("is denied where every request leaves a little behind", () => {
    expect(growthIn(samplesOf(150, 0))).toEqual([expect.stringMatching(/^the heap grows 1\d\d bytes per request/)])
    expect(growthIn(samplesOf(0, 2_000))).toEqual([expect.stringMatching(/^the process grows/)])
  })

  it("cannot be told from a few samples, nor before the program has warmed up", () => {
    const samples = samplesOf(10_000, 10_000)
    expect(growthIn(samples.filter((_, at) => at % 5 === 0))).toEqual([])
    expect(growthIn(samples.map((one) => ({ ...one, requests: one.requests / 10 })))).toEqual([])
    expect(growthIn(samples)).toHaveLength(2)
  })
})
