import { plant } from "./bugs/Bug.ts"
import { bugs } from "./bugs/index.ts"
import { shrink } from "./Shrink.ts"

/** Runs the world of a seed, and tells what happened; if promises are broken, in the shortest way that is found. */
export const describe = async (seed: number, bug: string | undefined): Promise<boolean> => {
  const planted = bugs.find(({ name }) => name === bug)
  if (planted !== undefined) plant(planted)
  const { simulate } = await import("./Simulation.ts")
  const first = simulate({ seed, isRecording: true })
  const outcome = first.broken.length === 0 ? first : shrink(first, simulate)
  const startMs = outcome.happenings[0]?.timeMs ?? 0
  for (const { timeMs, what, where } of outcome.happenings) {
    console.log(`${((timeMs - startMs) / 1_000).toFixed(3).padStart(9)} s  ${where.padEnd(16)}  ${what}`)
  }
  if (outcome.broken.length === 0) {
    console.log(`\nSeed ${seed}: all promises hold for ${outcome.orders} orders.`)
    return true
  }
  console.log(`\nSeed ${seed}: with ${outcome.choices.length} of ${first.choices.length} troubles left,`)
  for (const one of outcome.broken) console.log(`  ${one}`)
  return false
}
