import { describe, expect, it } from "vitest"
import { WORLDS_PER_BUG } from "../src/BugHunt.ts"
import { unplantable } from "../src/bugs/Bug.ts"
import { bugs } from "../src/bugs/index.ts"
import { simulateRange } from "../src/SimulateRange.ts"
import { simulate } from "../src/Simulation.ts"

const WORLDS = 1_000
const THREADS = 2

describe("a simulated world", () => {
  it(`keeps every promise, ${WORLDS} times`, async () => {
    expect(await simulateRange({ from: 1, count: WORLDS, bug: undefined, threads: THREADS })).toEqual([])
  })

  it("is the same each time that its seed is run", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const first = simulate({ seed, isRecording: true })
      expect(first.happenings.length).toBeGreaterThan(0)
      expect(simulate({ seed, isRecording: true })).toEqual(first)
    }
  })

  it("has trouble enough: orders complete, fail and are declined, processes are killed, and messages are lost", () => {
    const told = Array.from({ length: 40 }, (_, index) => simulate({ seed: index + 1, isRecording: true }))
    const all = told.flatMap(({ happenings }) => happenings.map(({ what }) => what)).join("\n")
    for (const what of ["Accepted", "Declined", "Replayed", "killed", "answerLost", "late", "twice", "refused"]) {
      expect(all).toContain(what)
    }
  })
})

describe("a planted bug", () => {
  it("is one of many, each with a name of its own", () => {
    expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length)
  })

  it.each(bugs)("is where it can be planted: $name", (bug) => {
    expect(unplantable(bug)).toBeUndefined()
  })

  it.each(bugs)("is found: $name ($promise)", async ({ name }) => {
    const found = await simulateRange({ from: 1, count: WORLDS_PER_BUG, bug: name, threads: THREADS })
    expect(found.length).toBeGreaterThan(0)
  })
})
