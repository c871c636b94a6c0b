import { Choices } from "@valerix/simulation/src/world/Choices.ts"
import type { Cycle } from "./Cycle.ts"
import { hitMaxOf, isRare } from "./Hits.ts"
import { BOUNDARIES, type Boundary } from "./program/Operations.ts"

/** What is done to the program or to what it stands on. */
export type FaultName =
  | "kill at a boundary"
  | "kill at any moment"
  | "freeze at a boundary"
  | "kill PostgreSQL"
  | "kill a backend"
  | "end sessions"
  | "reset connections"
  | "hold locks"
  | "fill the disk"

export interface PlannedKill {
  /** From 1. */
  readonly number: number
  readonly fault: FaultName
  readonly boundary: Boundary | undefined
  /** At the how many-th time that the boundary is reached. */
  readonly hit: number
  /** Strikes while the program still recovers from the last kill, not only when it has. */
  readonly isDuringRecovery: boolean
  /** A share of the longest time to wait, for what strikes at any moment. */
  readonly moment: number
}

/** How much of a campaign each fault is. The first takes the rest. */
const SHARES = {
  "kill at any moment": 0.08,
  "freeze at a boundary": 0.05,
  "kill PostgreSQL": 0.04,
  "kill a backend": 0.03,
  "end sessions": 0.03,
  "reset connections": 0.03,
  "hold locks": 0.04,
  "fill the disk": 0.01
} as const satisfies Partial<Record<FaultName, number>>

const DURING_RECOVERY_SHARE = 0.15

/**
 * What a campaign does, in this order, the same for the same seed. The boundaries come in rounds, so that each gets its
 * share; first those between an effect and its record. The other faults are spread over the whole campaign.
 */
export const planOf = (seed: number, kills: number): ReadonlyArray<PlannedKill> => {
  const choices = new Choices(seed)
  const others = Object.entries(SHARES).flatMap(([name, share]) => {
    const count = Math.max(kills >= BOUNDARIES.length / 2 - 1 ? 1 : 0, Math.round(kills * share))
    return Array.from({ length: Math.min(count, kills) }, (_, index) => ({
      name,
      at: ((index + choices.fraction(`place ${name}`)) / count) * kills
    }))
  })
  const faultsByPlace = others.toSorted((one, other) => one.at - other.at).map(({ name }) => name)
  const isOther = spread(kills, faultsByPlace.length)
  const boundaries = inRounds(choices, FIRST)
  const toFreezeAt = inRounds(choices, FREEZABLE)
  return isOther.map((other, index): PlannedKill => {
    const fault = other ? faultNamed(faultsByPlace.shift()) : "kill at a boundary"
    const boundary =
      fault === "kill at a boundary" ? boundaries() : fault === "freeze at a boundary" ? toFreezeAt() : undefined
    return {
      number: index + 1,
      fault,
      boundary,
      hit: 1 + choices.below("hit", boundary === undefined ? 1 : hitMaxOf(boundary)),
      isDuringRecovery:
        (fault === "kill at a boundary" || fault === "kill at any moment") &&
        choices.fraction("during recovery") < DURING_RECOVERY_SHARE,
      moment: choices.fraction("moment")
    }
  })
}

/** The same boundaries again that were not reached, each once and at its first time. */
export const againOf = (plan: ReadonlyArray<PlannedKill>, cycles: ReadonlyArray<Cycle>): ReadonlyArray<PlannedKill> =>
  plan
    .filter((planned, index) => planned.boundary !== undefined && cycles[index]?.outcome === "not reached")
    .map((planned, index) => ({ ...planned, number: plan.length + index + 1, hit: 1, isDuringRecovery: false }))

/** Evenly spread places: which of so many are of the chosen ones. */
const spread = (places: number, chosen: number): ReadonlyArray<boolean> =>
  Array.from(
    { length: places },
    (_, place) => Math.floor(((place + 1) * chosen) / places) > Math.floor((place * chosen) / places)
  )

const faultNamed = (name: string | undefined): FaultName => {
  const known = FAULTS.find((fault) => fault === name)
  if (known === undefined) throw new Error(`there is no fault ${name}`)
  return known
}

export const FAULTS: ReadonlyArray<FaultName> = [
  "kill at a boundary",
  "kill at any moment",
  "freeze at a boundary",
  "kill PostgreSQL",
  "kill a backend",
  "end sessions",
  "reset connections",
  "hold locks",
  "fill the disk"
]

const isEffect = (boundary: Boundary): boolean =>
  boundary.startsWith("after ") && !boundary.startsWith("after ledger.") && !boundary.startsWith("after saga.")

/** After an effect and before its record first, so that the shortest campaign has those. */
const FIRST = [BOUNDARIES.filter(isEffect), BOUNDARIES.filter((boundary) => !isEffect(boundary))]

/** A program that freezes is presumed dead, and goes on later with what it was about to do. */
const FREEZABLE = [BOUNDARIES.filter((boundary) => !isRare(boundary))]

/** Deals from decks that are shuffled anew in every round, one deck after the other. */
const inRounds = (choices: Choices, decks: ReadonlyArray<ReadonlyArray<Boundary>>) => {
  let left: Array<Boundary> = []
  return (): Boundary => {
    if (left.length === 0) left = decks.flatMap((deck) => shuffled(choices, deck))
    const next = left.shift()
    if (next === undefined) throw new Error("there are no boundaries")
    return next
  }
}

const shuffled = (choices: Choices, deck: ReadonlyArray<Boundary>): ReadonlyArray<Boundary> => {
  const cards = [...deck]
  for (let index = cards.length - 1; index > 0; index -= 1) {
    const other = choices.below("shuffle", index + 1)
    const [one, two] = [cards[index], cards[other]]
    if (one !== undefined && two !== undefined) {
      cards[index] = two
      cards[other] = one
    }
  }
  return cards
}
