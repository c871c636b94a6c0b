import { bugs } from "./bugs/index.ts"
import { orderNumber } from "./cluster/OrderIds.ts"
import { simulateRange } from "./SimulateRange.ts"

/** A planted bug is found within so many worlds. */
export const WORLDS_PER_BUG = 2_000

/** Looks for every planted bug, and tells of each, as a row of a Markdown table, where it was found and by what. */
export const huntBugs = async (threads: number, tell: (row: string) => void): Promise<boolean> => {
  tell("| bug | what it does away with | found in world | by |")
  tell("|---|---|---|---|")
  let areAllFound = true
  for (const { name, promise } of bugs) {
    const [found] = await simulateRange({ from: 1, count: WORLDS_PER_BUG, bug: name, threads })
    if (found === undefined) areAllFound = false
    const by = (found?.broken[0] ?? "nothing").replaceAll(ORDER_ID, (id) => `${orderNumber(id)}`)
    tell(`| ${name} | ${promise} | ${found?.seed ?? "none"} | ${by} |`)
  }
  return areAllFound
}

/** Order ids are counted in a simulated world. */
const ORDER_ID = /[0-9a-f]{8}-[0-9a-f]{4}-7000-8000-[0-9a-f]{12}/g
