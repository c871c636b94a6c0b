import { randomInt } from "node:crypto"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Cause, Effect, Exit, Fiber, Logger } from "effect"
import { type CampaignEnd, runCampaign } from "./Campaign.ts"
import { described } from "./Findings.ts"
import { slopeOf } from "./Flatness.ts"

const USAGE = `Sends the program requests that no client would send, and judges every answer.

  npm run fuzz -- --requests N [--seed S] [--only OPERATION]
  npm run fuzz -- --seed S --request N

  --requests N      how many requests
  --seed S          which requests; the same seed sends the same ones (default: any)
  --only OPERATION  requests to one operation alone, such as placeOrder
  --from N          leaves the requests before this one out
  --request N       this one request of the seed
`

const SEEDS = 1_000_000
const PROGRESS_EVERY_MS = 2_000

const { values } = parseArgs({
  options: {
    requests: { type: "string" },
    request: { type: "string" },
    from: { type: "string" },
    seed: { type: "string" },
    only: { type: "string" },
    help: { type: "boolean", default: false }
  }
})

const wholeNumber = (name: string, text: string): number => {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} must be a whole number, not ${text}`)
  return number
}

const tellEnd = (end: CampaignEnd): void => {
  const heap = slopeOf(end.samples, ({ arrayBuffers, heapUsed }) => heapUsed + arrayBuffers)
  const rss = slopeOf(end.samples, (memory) => memory.rss)
  const answers = [...end.statuses].sort().map(([status, count]) => `${count} ${status}`)
  console.log(
    `Answers: ${answers.join(", ")}. ${end.properOrders} proper orders in between. ${end.logLines} lines in the log.`
  )
  for (const [name, slope] of [["Heap", heap] as const, ["Process", rss] as const]) {
    if (slope === undefined) continue
    console.log(`${name}: ${slope.bytesPerRequest.toFixed(1)} bytes per request, ${slope.atLeast.toFixed(1)} at least.`)
  }
  console.log(end.verified)
}

const main = async (): Promise<number> => {
  const one = values.request === undefined ? undefined : wholeNumber("request", values.request)
  if (values.help || (values.requests === undefined && one === undefined)) {
    console.log(USAGE)
    return values.help ? 0 : 2
  }
  const seed = values.seed === undefined ? randomInt(1, SEEDS) : wholeNumber("seed", values.seed)
  const requests = one === undefined ? wholeNumber("requests", values.requests ?? "") : 1
  const from = one ?? wholeNumber("from", values.from ?? "1")
  console.error(`Seed ${seed}`)
  const folder = mkdtempSync(join(tmpdir(), "valerix-fuzz-"))
  // As root, PostgreSQL runs as another user, who has to get through to the data.
  chmodSync(folder, 0o755)
  const startedMs = performance.now()
  let toldMs = startedMs
  const campaign = runCampaign({
    ranges: [{ seed, from, requests, ...(values.only === undefined ? {} : { only: values.only }) }],
    folder,
    onFinding: (finding) => console.log(`\n${described(finding)}\n`),
    onProgress: (done) => {
      const nowMs = performance.now()
      if (nowMs - toldMs < PROGRESS_EVERY_MS && done < requests) return
      toldMs = nowMs
      console.error(`${done} of ${requests} requests, ${Math.round(done / ((nowMs - startedMs) / 1_000))} a second`)
    }
  })
  const fiber = Effect.runFork(Effect.scoped(campaign).pipe(Effect.provide(Logger.layer([]))))
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      console.error("Stopping …")
      void Effect.runPromise(Fiber.interrupt(fiber))
    })
  }
  const exit = await Effect.runPromise(Fiber.await(fiber))
  rmSync(folder, { recursive: true, force: true })
  // A campaign that was stopped may still be waiting for an answer that nobody needs any more.
  if (Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)) process.exit(130)
  if (Exit.isFailure(exit)) {
    console.error(Cause.pretty(exit.cause))
    return 1
  }
  const end = exit.value
  tellEnd(end)
  const found = end.findings.all
  for (const { finding, times } of found)
    console.log(`${times} times: ${finding.rule}${finding.operation === "" ? "" : `: ${finding.operation}`}`)
  console.log(
    found.length === 0 ? `Nothing was found in ${requests} requests.` : `${found.length} findings; seed ${seed}.`
  )
  return found.length === 0 ? 0 : 1
}

process.exitCode = await main()
