import { type Position, type Progress, VerifyPromises } from "@valerix/checkout"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Clock, Console, Data, Effect, Option, References, Runtime } from "effect"
import { loadConfiguration } from "../../Configuration.ts"
import { DATABASES } from "../../DatabaseNames.ts"
import { type Databases, openOrAttachDatabases } from "../../Databases.ts"
import { prepareSchemas } from "../../Schemas.ts"
import { layerChecksAndRepairs, topologyOptions } from "../../Topology.ts"
import { counted } from "../../terminal/Counted.ts"
import { EXIT, UsageError } from "../../terminal/ExitCodes.ts"
import { type FindingsHandler, makeFindingsHandler } from "./HandleFindings.ts"
import { type Handling, handlingOf, type VerifyOptions } from "./VerifyFlags.ts"
import { positionOf, positionText } from "./VerifyPosition.ts"

/** Promises are broken; they were listed. */
export class PromisesBroken extends Data.TaggedError("PromisesBroken")<{ readonly count: number }> {
  override get message(): string {
    return `${this.count} findings: promises are broken.`
  }
}

/** So much was found that the rest was not looked at. */
export class ChecksCut extends Data.TaggedError("ChecksCut") {
  override get message(): string {
    return "Not everything was checked."
  }
}

/** There is nothing to go on from. */
export class PositionUnknown extends Data.TaggedError("PositionUnknown")<{ readonly text: string }> {
  override readonly [Runtime.errorExitCode] = EXIT.USAGE
  override get message(): string {
    return `--after ${this.text} is no position that valerix verify has shown.`
  }
}

const LOST_NOTICED_WITHIN_MS = 1_000
const PROGRESS_EVERY_MS = 5_000

/** A check that broke off because the server went away under it says that, not what the driver said. */
const explained = (defect: unknown, { lost }: Databases) =>
  Effect.andThen(Effect.timeoutOption(lost, LOST_NOTICED_WITHIN_MS), Effect.die(defect))

/** Handles findings as they come, says every few seconds how far it is, and when it is stopped, where to go on. */
const verifyFrom = Effect.fnUntraced(function* (
  start: Position | undefined,
  only: OrganizationId | undefined,
  handling: Handling,
  handler: FindingsHandler
) {
  const verify = yield* VerifyPromises
  let position = start
  let told = yield* Clock.currentTimeMillis

  const report = Effect.fnUntraced(function* ({ at, findings, next, orders, organizations }: Progress) {
    // What is stopped while it is repaired is looked at again.
    position = at
    yield* handler.handle(at, findings)
    position = next
    const now = yield* Clock.currentTimeMillis
    if (next === undefined || now - told < PROGRESS_EVERY_MS) return
    told = now
    yield* Console.error(`${orders} orders and ${organizations} organizations checked; next is ${positionText(next)}`)
  })

  const goOn = (at: Position) =>
    handling._tag === "List" && only === undefined
      ? `valerix verify --after ${positionText(at)}`
      : `valerix verify, with the same flags and --after ${positionText(at)}`
  const sayWhereToGoOn = (why: string) =>
    Effect.gen(function* () {
      const so = handler.told()
      if (so !== undefined) yield* Console.error(so)
      if (position !== undefined) yield* Console.error(`${why} To go on: ${goOn(position)}`)
    })
  return yield* verify.from(start, report, only).pipe(
    Effect.tap(({ isCut }) => sayWhereToGoOn(isCut ? "So much was found that the rest was not looked at." : "")),
    Effect.onInterrupt(() => sayWhereToGoOn("Stopped."))
  )
})

const startOf = (text: string | undefined, only: OrganizationId | undefined) =>
  Effect.gen(function* () {
    if (text === undefined) return undefined
    const start = positionOf(text)
    const { isPosition } = yield* VerifyPromises
    if (start === undefined || !isPosition(start)) return yield* new PositionUnknown({ text })
    if (only !== undefined && only !== start.organizationId)
      return yield* new UsageError({ message: "--after is a position in another organization than --organization." })
    return start
  })

/** Checks what is stored, and handles what is found; fails when a promise is broken, or not everything was checked. */
export const verifyStored = Effect.fn("valerix verify")(function* (flags: VerifyOptions) {
  const { code } = flags
  const configuration = yield* loadConfiguration
  const text = Option.getOrUndefined(flags.after)
  const only = Option.getOrUndefined(flags.organization)
  const handling = yield* handlingOf(flags)
  if (text !== undefined && positionOf(text) === undefined) return yield* new PositionUnknown({ text })
  yield* Effect.scoped(
    Effect.gen(function* () {
      const databases = yield* openOrAttachDatabases(configuration, DATABASES)
      yield* prepareSchemas(databases, DATABASES)
      const { isCut, left, orders, organizations } = yield* Effect.gen(function* () {
        const start = yield* startOf(text, only)
        const handler = yield* makeFindingsHandler(handling, code, flags.json)
        const verified = yield* verifyFrom(start, only, handling, handler)
        return { ...verified, left: yield* handler.left }
      }).pipe(
        Effect.provide(layerChecksAndRepairs(databases, topologyOptions(configuration))),
        Effect.catchDefect((defect) => explained(defect, databases))
      )
      if (left > 0) return yield* new PromisesBroken({ count: left })
      if (isCut) return yield* new ChecksCut()
      const since = text === undefined ? "" : ` after ${text}`
      const checked = `${counted(orders, "order")} of ${counted(organizations, "organization")}`
      const says = code.length === 0 ? "All promises hold" : `Nothing is found of ${code.join(", ")}`
      // Programs read findings, and there are none.
      yield* (flags.json ? Console.error : Console.log)(`${says}: ${checked} checked${since}.`)
    })
  ).pipe(Effect.provideService(References.MinimumLogLevel, "Warn"))
})
