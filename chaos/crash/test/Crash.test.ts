import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { inject } from "vitest"
import { runCampaign } from "../src/Campaign.ts"
import type { Cycle } from "../src/Cycle.ts"
import { Folder } from "../src/Folder.ts"
import { FAULTS } from "../src/Plan.ts"
import { removeDisk } from "../src/server/Disk.ts"

const KILLS = 30
const SEED = 30

const temporaryCampaign = Effect.acquireRelease(
  Effect.sync(() => Folder.begin(mkdtempSync(join(tmpdir(), "valerix-crash-test-")), { kills: KILLS, seed: SEED })),
  (folder) =>
    Effect.andThen(
      removeDisk(folder.settings.disk),
      Effect.sync(() => rmSync(folder.path, { recursive: true, force: true }))
    )
)

// It brings a PostgreSQL of its own; where none can be started, the run has none either.
describe.skipIf(!inject("testServer").available)("killing the whole program, and what it stands on, under load", () => {
  it.live(
    "loses no order, sells nothing twice, charges nobody twice, and goes on at once",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const folder = yield* temporaryCampaign
          const cycles: Array<Cycle> = []
          const reporter = {
            resting: () => undefined,
            cycle: (cycle: Cycle) => {
              cycles.push(cycle)
            }
          }
          const campaign = runCampaign(folder, reporter, join(folder.path, "compiled"))
          const end = yield* Effect.scoped(campaign).pipe(
            // What was written down of the kills before it is what one looks at when a promise is broken.
            Effect.mapError((cause) => new Error(`seed ${SEED}, kill ${cycles.length + 1}`, { cause })),
            Effect.provide(Logger.layer([]))
          )
          assert.isAbove(end.orders, KILLS)
          assert.isAbove(end.ends.get("COMPLETED") ?? 0, 0)
          assert.isAbove(end.ends.get("FAILED") ?? 0, 0)
          assert.isAbove(
            cycles.reduce((sum, { looks }) => sum + looks, 0),
            0
          )
          assert.match(end.verified, /^All promises hold/)
          const struck = cycles.filter(({ outcome }) => outcome === "struck")
          assert.isAtLeast(struck.length, KILLS - 3)
          assert.includeMembers(
            struck.map(({ fault }) => fault),
            FAULTS.filter((fault) => fault !== "fill the disk")
          )
          assert.isAbove(Math.max(...struck.map(({ delayed }) => delayed)), 0)
        })
      ),
    // Thirty starts of the program, on a machine that may be busy with other things.
    1_500_000
  )
})
