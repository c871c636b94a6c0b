import { type Execution, FindSagas, FindStandstills } from "@valerix/checkout"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { counted } from "../../../terminal/Counted.ts"
import { spanText } from "../../../terminal/Spans.ts"
import { eachOrganization } from "../../saga/WithSagas.ts"
import { check } from "../Check.ts"
import { fail, ok, warn } from "../Finding.ts"

const COUNTED_MAX = 1_000
const PAGE_MAX = 500
const LOOKED_AT_MAX = 50_000

/** Executions of all organizations that fit, at most so many. */
const executionsOf = Effect.fnUntraced(function* (filter: {
  readonly isParked: boolean
  readonly minStoodStillMs?: number
}) {
  const find = yield* FindSagas
  const found: Array<Execution> = []
  yield* eachOrganization(
    undefined,
    undefined,
    Effect.fnUntraced(function* (organizationId: OrganizationId) {
      let after: Execution["orderId"] | undefined
      do {
        const page = yield* find.select(organizationId, { filter, action: undefined, after, limit: PAGE_MAX })
        found.push(...page.executions)
        after = page.next
      } while (after !== undefined && found.length < COUNTED_MAX)
      return found.length < COUNTED_MAX
    })
  )
  return found
})

const many = (count: number) => `${count >= COUNTED_MAX ? "at least " : ""}${counted(count, "order")}`
const longest = (found: ReadonlyArray<Execution>) =>
  spanText(Math.max(...found.map(({ stoodStillMs }) => stoodStillMs)))

/** Whether orders get on. */
export const ordersChecks = [
  check(
    "orders_parked",
    null,
    Effect.map(executionsOf({ isParked: true }), (parked) =>
      parked.length === 0
        ? ok("no order is parked")
        : warn(
            `${many(parked.length)} parked, one of them for ${longest(parked)}`,
            "valerix saga list --parked tells which and why; retry, resume or compensate them: docs/operators.md"
          )
    )
  ),
  check(
    "orders_standing_still",
    null,
    Effect.gen(function* () {
      const { boundMs } = yield* FindStandstills
      const still = (yield* executionsOf({ isParked: false, minStoodStillMs: boundMs })).filter(
        ({ state }) => state !== "DUE"
      )
      return still.length === 0
        ? ok(`no order that is under way has stood still for ${spanText(boundMs)}`)
        : warn(
            `${many(still.length)} under way and nothing recorded of them, of one for ${longest(still)}`,
            `valerix saga list --no-parked --min-still ${Math.round(boundMs / 1000)}s tells what they wait for`
          )
    })
  ),
  check(
    "orders_unclaimed",
    null,
    Effect.gen(function* () {
      const find = yield* FindStandstills
      const unclaimed = yield* find.unclaimed(COUNTED_MAX)
      const [first] = unclaimed
      return first === undefined
        ? ok("nothing that is due waits for somebody to claim it")
        : fail(
            `${many(unclaimed.length)} due and claimed by nobody, one for ${spanText(first.dueForMs)}`,
            "No orchestrator runs, or none of the version that began them: start Valerix, and see its log."
          )
    })
  ),
  check(
    "orders_lost",
    null,
    Effect.gen(function* () {
      const find = yield* FindStandstills
      const { isAll, lookedAt, orders } = yield* find.lost(LOOKED_AT_MAX)
      const [first] = orders
      const among = isAll ? "" : ` among the ${lookedAt} that were looked at; valerix verify looks at all`
      return first === undefined
        ? ok(`no unfinished order is in no queue${among}`)
        : fail(
            `${counted(orders.length, "order")} in no queue, such as ${first.orderId}${among}`,
            "The monitor of a running Valerix puts them back within minutes; valerix verify --repair tells more."
          )
    })
  ),
  check(
    "saga_versions",
    null,
    Effect.gen(function* () {
      const { unknownVersions } = yield* FindStandstills
      const unknown = yield* unknownVersions
      return unknown.length === 0
        ? ok("this program knows how to go on with every unfinished order")
        : fail(
            `unfinished orders were begun by saga version ${unknown.join(", ")}, which this program does not know`,
            "Start the version of Valerix that began them, and let it finish them."
          )
    })
  )
]
