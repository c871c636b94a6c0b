import { randomInt } from "node:crypto"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { inject } from "vitest"
import { runCampaign } from "../src/Campaign.ts"
import { described } from "../src/Findings.ts"
import { KEPT, type KeptRequest } from "../src/Kept.ts"
import type { Range } from "../src/Range.ts"

const REQUESTS = 2_000
const FIXED_SEED = 2_000
const SEEDS = 1_000_000
/** Thousands of requests one after the other, on a machine that may be busy with other things. */
const LIMIT_MS = 1_500_000

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = mkdtempSync(join(tmpdir(), "valerix-fuzz-test-"))
    chmodSync(folder, 0o755)
    return folder
  }),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

const nothingIsFound = (ranges: ReadonlyArray<Range>, kept: ReadonlyArray<KeptRequest> = []) =>
  Effect.scoped(
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const end = yield* Effect.scoped(runCampaign({ ranges, kept, folder })).pipe(Effect.provide(Logger.layer([])))
      const found = end.findings.all.map(({ finding }) => described(finding))
      assert.isEmpty(found, `${JSON.stringify(ranges)}\n${found.join("\n\n")}`)
      assert.match(end.verified, /^All promises hold/)
      return end
    })
  )

// The program brings a PostgreSQL of its own; where none can be started, the run of the tests has none either.
describe.skipIf(!inject("testServer").available)("requests that no client would send", () => {
  it.live(
    "are refused with a problem document, write nothing, and disturb no proper order",
    () =>
      Effect.gen(function* () {
        const end = yield* nothingIsFound([{ seed: FIXED_SEED, from: 1, requests: REQUESTS }])
        assert.isAbove(end.statuses.get("2xx") ?? 0, REQUESTS / 10)
        assert.isAbove(end.statuses.get("4xx") ?? 0, REQUESTS / 2)
        assert.isAbove(end.properOrders, REQUESTS / 50)
        assert.isAbove(end.logLines, REQUESTS)
      }),
    LIMIT_MS
  )

  it.live(
    "find nothing with a seed that nobody has tried either",
    () => nothingIsFound([{ seed: randomInt(1, SEEDS), from: 1, requests: REQUESTS }]),
    LIMIT_MS
  )

  it.live("find nothing any more where they once did", () => nothingIsFound([], KEPT), LIMIT_MS)
})
