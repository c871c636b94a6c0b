import { type Execution, FindSagas, OperateSagas, type SagaAction, type SagaFilter, versionOf } from "@valerix/checkout"
import { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Clock, Console, Data, Effect, Option, Schema } from "effect"
import { UsageError } from "../../terminal/ExitCodes.ts"
import { jsonLines } from "../../terminal/Json.ts"
import { principalHere } from "../Intervening.ts"
import { type FilterOptions, filterOf, positionText, type SagaPosition, startOf } from "./SagaFlags.ts"
import { OrderUnknown } from "./ShowSaga.ts"
import { eachOrganization, withSagas } from "./WithSagas.ts"

/** The action was not applied to the order. */
export class ActionNotApplied extends Data.TaggedError("ActionNotApplied")<{ readonly message: string }> {}

/** So many at once, so that stopping is quick. */
const PART_MAX = 200
const PROGRESS_EVERY_MS = 1_000

const SagaActed = Schema.Struct({
  order_id: OrderId,
  organization_id: OrganizationId,
  result: Schema.Literals(["APPLIED", "MOVED"]),
  status: Schema.String,
  state: Schema.String,
  version: Schema.String,
  dry_run: Schema.Boolean
})
const writeActed = jsonLines(SagaActed)

interface Order {
  readonly isJson: boolean
  readonly action: SagaAction
  readonly reason: string
  readonly isDryRun: boolean
}

const standing = ({ orderId, organizationId, state, status }: Execution): string =>
  `${organizationId}/${orderId}  ${status}  ${state}`

/** Says what became of orders, as they are now. */
const tell = (executions: ReadonlyArray<Execution>, result: "APPLIED" | "MOVED", { isDryRun, isJson }: Order) => {
  if (executions.length === 0) return Effect.void
  if (isJson) {
    return writeActed(
      executions.map((execution) => ({
        order_id: execution.orderId,
        organization_id: execution.organizationId,
        result,
        status: execution.status,
        state: execution.state,
        version: versionOf(execution),
        dry_run: isDryRun
      }))
    )
  }
  const word = result === "APPLIED" && isDryRun ? "WOULD APPLY" : result
  return Console.log(executions.map((execution) => `${word}  ${standing(execution)}`).join("\n"))
}

const actOnOne = Effect.fnUntraced(function* (
  orderId: OrderId,
  of: OrganizationId | undefined,
  version: string,
  order: Order
) {
  const find = yield* FindSagas
  const operate = yield* OperateSagas
  const found = Option.getOrUndefined(yield* find.one(orderId, of))
  if (found === undefined) return yield* new OrderUnknown({ orderId })
  const { organizationId } = found.execution
  const result = yield* operate.one({ organizationId, principal: principalHere() }, { orderId, version }, order)
  switch (result._tag) {
    case "Applied":
      return yield* tell([result.execution], "APPLIED", order)
    case "Moved": {
      const now = `it is ${result.execution.status}, ${result.execution.state}, version ${versionOf(result.execution)}`
      return yield* new ActionNotApplied({
        message: `The order has moved since it was seen; nothing was changed: ${now}.`
      })
    }
    case "Refused":
      return yield* new ActionNotApplied({ message: `${result.why} Nothing was changed.` })
    case "Unknown":
      return yield* new OrderUnknown({ orderId })
  }
})

const counted = (count: number) => `${count} order${count === 1 ? "" : "s"}`

/** Goes through all that fit, part by part; says how far it is, and, when it is stopped or breaks off, how to go on. */
const actOnMany = Effect.fnUntraced(function* (
  only: OrganizationId | undefined,
  start: SagaPosition | undefined,
  filter: SagaFilter,
  order: Order
) {
  const operate = yield* OperateSagas
  const principal = principalHere()
  const verb = order.isDryRun ? "would be touched" : "touched"
  let position = start
  let applied = 0
  let moved = 0
  let toldMs = yield* Clock.currentTimeMillis
  let isLong = false

  /** Tells at once that there is more than one part, and then every second. */
  const progress = Effect.fnUntraced(function* (position: SagaPosition, isMore: boolean) {
    const nowMs = yield* Clock.currentTimeMillis
    if (nowMs - toldMs < PROGRESS_EVERY_MS && (isLong || !isMore)) return
    toldMs = nowMs
    isLong = true
    yield* Console.error(`${counted(applied)} ${verb}, ${moved} had moved; now after ${positionText(position)}`)
  })

  const through = eachOrganization(
    only,
    start?.organizationId,
    Effect.fnUntraced(function* (organizationId) {
      let after: OrderId | undefined = organizationId === start?.organizationId ? start.orderId : undefined
      do {
        const sagas = { filter, after, limit: PART_MAX }
        const part = yield* operate.many({ organizationId, principal }, sagas, order)
        applied += part.applied.length
        moved += part.moved.length
        after = part.next
        const last = after ?? part.applied.at(-1)?.orderId
        if (last !== undefined) position = { organizationId, orderId: last }
        yield* tell(part.applied, "APPLIED", order)
        yield* tell(part.moved, "MOVED", order)
        if (last !== undefined) yield* progress({ organizationId, orderId: last }, after !== undefined)
      } while (after !== undefined)
      return true
    })
  )

  yield* Effect.onExit(through, (exit) => {
    if (exit._tag === "Success") return Effect.void
    const so = `${counted(applied)} ${verb}. `
    const next = position === undefined ? "" : ` with --after ${positionText(position)}`
    return Console.error(`Stopped: ${so}To go on: valerix saga ${order.action}, with the same flags${next}`)
  })
  yield* Console.error(
    `${counted(applied)} ${verb}${moved === 0 ? "" : `, ${moved} had moved and were left as they were`}.`
  )
})

/** Does one thing with one order, by its id, or with many, by a filter. */
export const actOnSagas = (action: SagaAction) =>
  Effect.fn(`valerix saga ${action}`)(function* (
    options: FilterOptions & {
      readonly order: Option.Option<OrderId>
      readonly organization: Option.Option<OrganizationId>
      readonly reason: string
      readonly seen: Option.Option<string>
      readonly dryRun: boolean
      readonly after: Option.Option<string>
      readonly json: boolean
    }
  ) {
    const orderId = Option.getOrUndefined(options.order)
    const version = Option.getOrUndefined(options.seen)
    const only = Option.getOrUndefined(options.organization)
    const start = startOf(options.after)
    const filter = filterOf(options)
    const order: Order = { action, reason: options.reason, isDryRun: options.dryRun, isJson: options.json }
    if (orderId !== undefined) {
      if (filter !== undefined || start !== undefined)
        return yield* new UsageError({ message: "Name one order, or say which with flags, not both." })
      if (version === undefined) {
        const message = `Say with --seen which version of the order you have seen: valerix saga show ${orderId} shows it.`
        return yield* new UsageError({ message })
      }
      return yield* withSagas(actOnOne(orderId, only, version, order))
    }
    if (version !== undefined) return yield* new UsageError({ message: "--seen is of one order, and none is named." })
    if (filter === undefined) {
      const message =
        "Say which orders: name one, or give at least one of --status, --step, --parked, --min-age, --min-still and --text. --min-age 0s is true of all."
      return yield* new UsageError({ message })
    }
    if (only !== undefined && start !== undefined && only !== start.organizationId)
      return yield* new UsageError({
        message: "--after is a position in another organization than --organization."
      })
    yield* withSagas(actOnMany(only, start, filter, order))
  })
