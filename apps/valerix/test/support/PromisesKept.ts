import { VerifyPromises } from "@valerix/checkout"
import { Effect } from "effect"
import { inject } from "vitest"
import type { Databases } from "../../src/Databases.ts"
import { layerChecks, type TopologyOptions } from "../../src/Topology.ts"

/**
 * Does what `valerix verify` does when the scope closes, after everything that was built in it later has stopped. Dies
 * with what it finds, but for what is expected, so that the file of tests fails.
 */
export const promisesKeptAtTheEnd = (
  databases: Databases,
  options: TopologyOptions,
  expected: ReadonlyArray<string> = []
) =>
  Effect.addFinalizer(() =>
    inject("testServer").available
      ? Effect.flatMap(VerifyPromises, ({ ofAll }) => ofAll).pipe(
          Effect.provide(layerChecks(databases, options)),
          Effect.flatMap(({ findings }) => {
            const broken = findings.filter(({ code }) => !expected.includes(code))
            return broken.length === 0
              ? Effect.void
              : Effect.die(new Error(`Promises are broken at the end: ${JSON.stringify(broken, undefined, 2)}`))
          }),
          Effect.orDie
        )
      : Effect.void
  )
