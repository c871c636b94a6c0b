import { describe, expect, it } from "vitest"
import type { Cycle } from "../src/Cycle.ts"
import { againOf, FAULTS, planOf } from "../src/Plan.ts"
import { BOUNDARIES } from "../src/program/Operations.ts"

const FULL = 2_000

describe("the plan of a campaign", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(planOf(7, 100)).toEqual(planOf(7, 100))
    expect(planOf(8, 100)).not.toEqual(planOf(7, 100))
  })

  it.each([1, 2, 3])("kills at every boundary at least 20 times in a full campaign (seed %i)", (seed) => {
    const kills = planOf(seed, FULL).filter(({ fault }) => fault === "kill at a boundary")
    for (const boundary of BOUNDARIES) {
      expect(kills.filter((kill) => kill.boundary === boundary).length, boundary).toBeGreaterThanOrEqual(20)
    }
  })

  it("has every fault in a campaign of thirty kills", () => {
    const planned = new Set(planOf(1, 30).map(({ fault }) => fault))
    for (const fault of FAULTS) expect(planned).toContain(fault)
  })

  it.each([1, 7, 30, 100, FULL])("numbers %i kills", (kills) => {
    expect(planOf(1, kills).map(({ number }) => number)).toEqual(Array.from({ length: kills }, (_, index) => index + 1))
  })

  it("never takes PostgreSQL down more often than it is started again for", () => {
    const downs = planOf(1, FULL).filter(({ fault }) => fault === "kill PostgreSQL")
    // Its keeper gives up after five failures within a minute, in which there is time for some twenty kills.
    downs.forEach(({ number }, index) => {
      expect((downs[index + 5]?.number ?? Number.POSITIVE_INFINITY) - number).toBeGreaterThan(20)
    })
  })

  it("goes back to the boundaries that were not reached, once", () => {
    const plan = planOf(1, 60)
    const missed = plan.findIndex(({ boundary }) => boundary !== undefined)
    const cycles = plan.map((planned, index) => cycleOf(planned.number, index === missed ? "not reached" : "struck"))
    const again = againOf(plan, cycles)
    expect(again).toHaveLength(1)
    expect(again[0]).toMatchObject({ number: 61, boundary: plan[missed]?.boundary, hit: 1 })
  })
})

const cycleOf = (number: number, outcome: Cycle["outcome"]): Cycle => ({
  number,
  fault: "kill at a boundary",
  boundary: null,
  outcome,
  delayed: 0,
  unanswered: 0,
  firstOrderMs: null,
  lastOldOrderMs: null,
  tookMs: 1,
  looks: 1
})
