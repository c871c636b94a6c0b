import type { Outcome, SimulationOptions } from "./Simulation.ts"

/** Looks for a failure that needs less, this often at most. */
const TRIES_MAX = 3_000

/**
 * Finds a shorter way to a failure: mutes what was chosen in it, in ever smaller pieces, as long as something is still
 * broken at the end (delta debugging: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).
 */
export const shrink = (failure: Outcome, simulate: (options: SimulationOptions) => Outcome): Outcome => {
  const { seed } = failure
  let muted: ReadonlySet<string> = new Set()
  let best = failure
  let tries = 0
  for (let size = Math.ceil(best.choices.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    let isShorter = true
    while (isShorter) {
      isShorter = false
      for (let start = 0; start < best.choices.length && tries < TRIES_MAX; tries += 1) {
        const piece = best.choices.slice(start, start + size).map(({ key }) => key)
        const outcome = simulate({ seed, muted: new Set([...muted, ...piece]) })
        if (outcome.broken.length > 0 && outcome.choices.length < best.choices.length) {
          muted = new Set([...muted, ...piece])
          best = outcome
          isShorter = true
        } else {
          start += size
        }
      }
    }
  }
  return simulate({ seed, muted, isRecording: true })
}
