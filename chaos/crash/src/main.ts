import { mkdtempSync } from "node:fs"
import { rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Cause, Effect, Exit, Fiber } from "effect"
import { type CampaignEnd, type Reporter, runCampaign } from "./Campaign.ts"
import { CampaignFailed } from "./CampaignFailed.ts"
import { Folder } from "./Folder.ts"
import { markdownReport } from "./MarkdownReport.ts"
import { removeDisk } from "./server/Disk.ts"
import { recoverySentences, textTable } from "./Table.ts"

const USAGE = `Kills the whole program, and what it stands on, under load, and checks every promise.

  npm run crash -- --kills N [--seed S] [--out DIR] [--table FILE]
  npm run crash -- --resume DIR [--table FILE]

  --kills N     how many kills; 2000 give every boundary at least 20
  --seed S      which kills, and what is ordered; the same seed does the same (default 1)
  --out DIR     keeps the campaign there, so that it can be stopped (Ctrl-C) and resumed
  --resume DIR  goes on with a campaign
  --table FILE  writes what came of it as Markdown
`

const { values } = parseArgs({
  options: {
    kills: { type: "string" },
    seed: { type: "string", default: "1" },
    out: { type: "string" },
    resume: { type: "string" },
    table: { type: "string" },
    help: { type: "boolean", default: false }
  }
})

const wholeNumber = (name: string, text: string): number => {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} must be a whole number, not ${text}`)
  return number
}

const folderOf = (): Folder => {
  if (values.resume !== undefined) return Folder.resume(values.resume)
  return Folder.begin(values.out ?? mkdtempSync(join(tmpdir(), "valerix-crash-run-")), {
    kills: wholeNumber("kills", values.kills ?? ""),
    seed: wholeNumber("seed", values.seed)
  })
}

/** Tells one line per kill. */
const reporterOf = (folder: Folder): Reporter => {
  const startedMs = performance.now()
  const doneBefore = folder.cycles().length
  return {
    cycle: ({ boundary, delayed, fault, firstOrderMs, lastOldOrderMs, number, outcome }) => {
      const minutes = (performance.now() - startedMs) / 60_000
      const rate = ((number - doneBefore) / minutes).toFixed(1)
      const recovered =
        firstOrderMs === null ? "killed again at once" : `new ${firstOrderMs} ms, old ${lastOldOrderMs} ms`
      console.error(
        `${number} of ${folder.settings.kills} (${rate}/min)  ${fault}${boundary === null ? "" : `: ${boundary}`}  ${
          outcome === "struck" ? "" : `${outcome}  `
        }${delayed} delayed  ${recovered}`
      )
    },
    resting: () => console.error("All kills are done; everything is checked now.")
  }
}

const tellEnd = (folder: Folder, end: CampaignEnd): void => {
  const ends = [...end.ends].map(([status, count]) => `${count} ${status}`).join(", ")
  console.log(textTable(folder.cycles()))
  console.log(recoverySentences(folder.cycles()))
  console.log(`${end.orders} orders were answered with 2xx: ${ends}. Each exists, and its key gives it again.`)
  console.log(`The provider keeps what ${end.completed} completed orders cost, and holds nothing else.`)
  console.log(end.verified)
}

const main = async (): Promise<number> => {
  if (values.help || (values.kills === undefined && values.resume === undefined)) {
    console.log(USAGE)
    return values.help ? 0 : 2
  }
  const folder = folderOf()
  const compileCache = join(folder.path, "compiled")
  const fiber = Effect.runFork(Effect.scoped(runCampaign(folder, reporterOf(folder), compileCache)))
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      console.error("Stopping …")
      void Effect.runPromise(Fiber.interrupt(fiber))
    })
  }
  const exit = await Effect.runPromise(Fiber.await(fiber))
  if (Exit.isSuccess(exit)) {
    tellEnd(folder, exit.value)
    if (values.table !== undefined) await writeFile(values.table, markdownReport(folder, exit.value))
    await Effect.runPromise(removeDisk(folder.settings.disk))
    if (values.out === undefined && values.resume === undefined) await rm(folder.path, { recursive: true, force: true })
    return 0
  }
  const done = folder.cycles().length
  if (Cause.hasInterruptsOnly(exit.cause)) {
    console.error(
      `Stopped after ${done} kills. PostgreSQL's data stay in ${folder.settings.disk}, in memory if that is mounted.`
    )
    console.error(`To go on: npm run crash -- --resume ${folder.path}`)
    return 130
  }
  const told = exit.cause.reasons
    .filter(Cause.isFailReason)
    .map(({ error }) => (error instanceof CampaignFailed ? error.message : String(error)))
  const defects = exit.cause.reasons.some(Cause.isDieReason) ? [Cause.pretty(exit.cause)] : []
  console.error(`Seed ${folder.settings.seed}, kill ${done + 1}: ${[...told, ...defects].join("\n")}`)
  console.error(
    `The programs' logs are in ${join(folder.path, "programs")}, PostgreSQL's data in ${folder.settings.disk}.`
  )
  return 1
}

process.exitCode = await main()
