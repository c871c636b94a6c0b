import { VerifyPromises } from "@valerix/checkout"
import { Console, Data, Effect } from "effect"
import { Command } from "effect/cli"
import { loadConfiguration } from "../Configuration.ts"
import { DATABASES } from "../DatabaseNames.ts"
import { type Databases, openOrAttachDatabases } from "../Databases.ts"
import { prepareSchemas } from "../Schemas.ts"
import { layerChecks, topologyOptions } from "../Topology.ts"

/** Promises are broken; they were listed. */
export class PromisesBroken extends Data.TaggedError("PromisesBroken")<{ readonly count: number }> {
  override get message(): string {
    return `${this.count} findings: promises are broken.`
  }
}

const LOST_NOTICED_WITHIN_MS = 1_000

/** A check that broke off because the server went away under it says that, not what the driver said. */
const explained = (defect: unknown, { lost }: Databases) =>
  Effect.andThen(Effect.timeoutOption(lost, LOST_NOTICED_WITHIN_MS), Effect.die(defect))

export const verifyCommand = Command.make(
  "verify",
  {},
  Effect.fn("valerix verify")(function* () {
    const configuration = yield* loadConfiguration
    yield* Effect.scoped(
      Effect.gen(function* () {
        const databases = yield* openOrAttachDatabases(configuration, DATABASES)
        yield* prepareSchemas(databases, DATABASES)
        const { organizations, orders, findings } = yield* Effect.flatMap(VerifyPromises, ({ ofAll }) => ofAll).pipe(
          Effect.provide(layerChecks(databases, topologyOptions(configuration))),
          Effect.catchDefect((defect) => explained(defect, databases))
        )
        for (const { promise, code, organizationId, subject, message } of findings) {
          yield* Console.log(`promise ${promise}  ${code}  organization ${organizationId}  ${subject}  ${message}`)
        }
        if (findings.length > 0) return yield* new PromisesBroken({ count: findings.length })
        yield* Console.log(`All promises hold: ${orders} orders of ${organizations} organizations checked.`)
      })
    )
  })
).pipe(
  Command.withDescription("Check the promises on everything that is stored"),
  Command.withExamples([
    { command: "valerix verify", description: "Exit with 0 if every promise holds, else list what is wrong" }
  ])
)
