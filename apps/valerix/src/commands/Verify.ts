import { type Position, type Progress, VerifyPromises } from "@valerix/checkout"
import { Clock, Console, Data, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { loadConfiguration } from "../Configuration.ts"
import { DATABASES } from "../DatabaseNames.ts"
import { type Databases, openOrAttachDatabases } from "../Databases.ts"
import { prepareSchemas } from "../Schemas.ts"
import { layerChecks, topologyOptions } from "../Topology.ts"
import { positionOf, positionText } from "./VerifyPosition.ts"

/** Promises are broken; they were listed. */
export class PromisesBroken extends Data.TaggedError("PromisesBroken")<{ readonly count: number }> {
  override get message(): string {
    return `${this.count} findings: promises are broken.`
  }
}

/** There is nothing to go on from. */
export class PositionUnknown extends Data.TaggedError("PositionUnknown")<{ readonly text: string }> {
  override get message(): string {
    return `--after ${this.text} is no position that valerix verify has shown.`
  }
}

const LOST_NOTICED_WITHIN_MS = 1_000
const PROGRESS_EVERY_MS = 5_000

/** A check that broke off because the server went away under it says that, not what the driver said. */
const explained = (defect: unknown, { lost }: Databases) =>
  Effect.andThen(Effect.timeoutOption(lost, LOST_NOTICED_WITHIN_MS), Effect.die(defect))

/** Lists findings as they come, says every few seconds how far it is, and when it is stopped, where to go on. */
const verifyFrom = Effect.fnUntraced(function* (start: Position | undefined) {
  const verify = yield* VerifyPromises
  let position = start
  let told = yield* Clock.currentTimeMillis

  const report = Effect.fnUntraced(function* ({ findings, next, orders, organizations }: Progress) {
    position = next
    for (const { promise, code, organizationId, subject, message } of findings) {
      yield* Console.log(`promise ${promise}  ${code}  organization ${organizationId}  ${subject}  ${message}`)
    }
    const now = yield* Clock.currentTimeMillis
    if (next === undefined || now - told < PROGRESS_EVERY_MS) return
    told = now
    yield* Console.error(`${orders} orders and ${organizations} organizations checked; next is ${positionText(next)}`)
  })

  return yield* verify
    .from(start, report)
    .pipe(
      Effect.onInterrupt(() =>
        position === undefined
          ? Effect.void
          : Console.error(`Stopped. To go on: valerix verify --after ${positionText(position)}`)
      )
    )
})

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`

export const verifyCommand = Command.make(
  "verify",
  {
    after: Flag.String("after").pipe(
      Flag.withDescription("Go on from a position that an earlier run has shown"),
      Flag.optional
    )
  },
  Effect.fn("valerix verify")(function* ({ after }) {
    const configuration = yield* loadConfiguration
    const text = Option.getOrUndefined(after)
    const start = text === undefined ? undefined : positionOf(text)
    if (text !== undefined && start === undefined) return yield* new PositionUnknown({ text })
    yield* Effect.scoped(
      Effect.gen(function* () {
        const databases = yield* openOrAttachDatabases(configuration, DATABASES)
        yield* prepareSchemas(databases, DATABASES)
        const { organizations, orders, findings } = yield* Effect.gen(function* () {
          const { isPosition } = yield* VerifyPromises
          if (start !== undefined && !isPosition(start))
            return yield* new PositionUnknown({ text: positionText(start) })
          return yield* verifyFrom(start)
        }).pipe(
          Effect.provide(layerChecks(databases, topologyOptions(configuration))),
          Effect.catchDefect((defect) => explained(defect, databases))
        )
        if (findings.length > 0) return yield* new PromisesBroken({ count: findings.length })
        const since = start === undefined ? "" : ` after ${positionText(start)}`
        const checked = `${counted(orders, "order")} of ${counted(organizations, "organization")}`
        yield* Console.log(`All promises hold: ${checked} checked${since}.`)
      })
    )
  })
).pipe(
  Command.withDescription("Check the promises on everything that is stored"),
  Command.withExamples([
    { command: "valerix verify", description: "Exit with 0 if every promise holds, else list what is wrong" },
    {
      command: "valerix verify --after 01900000-0000-7000-8000-00000000000a/across",
      description: "Go on where a run was stopped"
    }
  ])
)
