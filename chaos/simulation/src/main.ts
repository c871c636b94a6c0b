import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import { huntBugs } from "./BugHunt.ts"
import { bugs } from "./bugs/index.ts"
import { describe } from "./Report.ts"
import { simulateRange } from "./SimulateRange.ts"

const USAGE = `Simulates orders under trouble, and checks every promise at the end.

  npm run simulate -- --seed S             run one world, and tell what happened in it
  npm run simulate -- --seeds N [--from S] run N worlds on all cores
  npm run simulate -- --bugs               look for every planted bug, and tell where each is found
  npm run simulate -- --bug NAME …         the same with a planted bug: ${bugs.map(({ name }) => name).join(", ")}
`

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    bug: { type: "string" },
    bugs: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const wholeNumber = (name: string, text: string): number => {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} must be a whole number, not ${text}`)
  return number
}

const PROGRESS_EVERY_MS = 1_000

const runMany = async (from: number, count: number): Promise<number | undefined> => {
  const startedMs = performance.now()
  let toldMs = startedMs
  const broken = await simulateRange({
    from,
    count,
    bug: values.bug,
    threads: availableParallelism(),
    onProgress: (done) => {
      const nowMs = performance.now()
      if (nowMs - toldMs < PROGRESS_EVERY_MS && done < count) return
      toldMs = nowMs
      const rate = Math.round(done / ((nowMs - startedMs) / 1_000))
      console.error(`${done} of ${count} worlds, ${rate} a second`)
    }
  })
  const first = broken[0]
  if (first === undefined) {
    console.log(`All promises hold in ${count} worlds.`)
    return undefined
  }
  console.log(`Seed ${first.seed}: promises are broken:\n${first.broken.map((one) => `  ${one}`).join("\n")}`)
  return first.seed
}

if (values.bugs) {
  process.exitCode = (await huntBugs(availableParallelism(), console.log)) ? 0 : 1
} else if (values.help || (values.seed === undefined && values.seeds === undefined)) {
  console.log(USAGE)
} else {
  const failing =
    values.seed === undefined
      ? await runMany(wholeNumber("from", values.from), wholeNumber("seeds", values.seeds ?? "0"))
      : wholeNumber("seed", values.seed)
  if (failing !== undefined) process.exitCode = (await describe(failing, values.bug)) ? 0 : 1
}
