import { randomInt } from "node:crypto"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { inject } from "vitest"
import { runCampaign } from "../src/Campaign.ts"
import { described } from "../src/Findings.ts"
import { KEPT } from "../src/Kept.ts"

const REQUESTS = 1_000
const FIXED_SEED = 2_000
const SEEDS = 1_000_000
/** Thousands of requests, on a machine that may be busy with other things. */
const LIMIT_MS = 900_000

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = mkdtempSync(join(tmpdir(), "valerix-fuzz-test-"))
    chmodSync(folder, 0o755)
    return folder
  }),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

// The program brings a PostgreSQL of its own; where none can be started, the run of the tests has none either.
describe.skipIf(!inject("testServer").available)("requests that no client would send", () => {
  // Those that once found something, those of a known seed, and those of one that nobody has tried.
  it.live(
    "are refused with a problem document, write nothing, and disturb no proper order",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const folder = yield* temporaryFolder
          const ranges = [FIXED_SEED, randomInt(1, SEEDS)].map((seed) => ({ seed, from: 1, requests: REQUESTS }))
          const end = yield* Effect.scoped(runCampaign({ ranges, kept: KEPT, folder }))
          const found = end.findings.all.map(({ finding }) => described(finding))
          assert.isEmpty(found, `${JSON.stringify(ranges)}\n${found.join("\n\n")}`)
          assert.match(end.verified, /^All promises hold/m)
          assert.isAbove(end.statuses.get("2xx") ?? 0, REQUESTS / 5)
          assert.isAbove(end.statuses.get("4xx") ?? 0, REQUESTS)
          assert.isAbove(end.properOrders, REQUESTS / 25)
          assert.isAbove(end.logLines, 2 * REQUESTS)
        })
      ).pipe(Effect.provide(Logger.layer([]))),
    LIMIT_MS
  )
})
