import type { OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, Schedule } from "effect"
import { isLost } from "../domain/Standstill.ts"
import { LedgerAudit } from "./ports/LedgerAudit.ts"
import { SagaWakeUp } from "./ports/SagaWakeUp.ts"
import { type MovedOn, Standstills } from "./ports/Standstills.ts"

export interface MonitorOptions {
  readonly intervalMs: number
  /** How long an unfinished order may stand still. */
  readonly boundMs: number
  /** Further away than any lease or retry puts the turn of an execution. */
  readonly farMs: number
  /** The most orders that one pass moves on because their turn is too far away, and the most that it reports. */
  readonly movedMax: number
  /** The most orders of the ledger that one pass looks at; the next pass goes on after them. */
  readonly lookedAtMax: number
}

/** Where the walk through the ledger stands. */
interface Walk {
  /** The organizations that come next. */
  readonly ahead: ReadonlyArray<OrganizationId>
  /** The order of the first of them after which it goes on. */
  readonly after: string | undefined
  /** The last organization that is behind it. */
  readonly behind: OrganizationId | undefined
}

const BEGINNING: Walk = { ahead: [], after: undefined, behind: undefined }

/** What it costs to look at an organization at all, in orders that could have been looked at instead. */
const ORGANIZATION_COSTS = 25

/** The most orders of the ledger that one statement looks at. */
const PAGE_MAX = 1_000

/**
 * Finds orders that have not moved within their bound, and moves them on: those whose turn was set too far away, and, in a
 * walk through the whole ledger that takes as many passes as it takes, those that are in no queue. What is due and claimed
 * by nobody is reported, because only another orchestrator, or a newer one, can help there. Gives what it moved.
 */
export const makeMonitor = (options: MonitorOptions) =>
  Effect.gen(function* () {
    const standstills = yield* Standstills
    const audit = yield* LedgerAudit
    const wakeUp = yield* SagaWakeUp
    const { boundMs, farMs, lookedAtMax, movedMax } = options
    let walk = BEGINNING

    /** Looks at the next orders of an organization; gives what was put back, and what looking has cost. */
    const look = Effect.fnUntraced(function* (organizationId: OrganizationId, limit: number) {
      const { lookedAt, next, orders } = yield* audit.unfinished(organizationId, walk.after, limit)
      const lost = orders.filter((order) => isLost(order, boundMs))
      const moved = yield* standstills.putBack(
        organizationId,
        lost.map((order) => order.orderId),
        boundMs
      )
      walk =
        next === undefined
          ? { ahead: walk.ahead.slice(1), after: undefined, behind: organizationId }
          : { ...walk, after: next }
      return { moved, cost: ORGANIZATION_COSTS + lookedAt }
    })

    const putLostBack = Effect.gen(function* () {
      const moved: Array<MovedOn> = []
      let budget = lookedAtMax
      while (budget > 0) {
        if (walk.ahead.length === 0) walk = { ...walk, ahead: yield* audit.organizations(walk.behind) }
        const [organizationId] = walk.ahead
        if (organizationId === undefined) {
          // The end of the ledger: the next pass begins again.
          walk = BEGINNING
          break
        }
        const looked = yield* look(organizationId, Math.min(budget, PAGE_MAX))
        moved.push(...looked.moved)
        budget -= looked.cost
      }
      return moved
    })

    const reportUnclaimed = Effect.gen(function* () {
      const unclaimed = yield* standstills.unclaimed({ boundMs, limit: movedMax })
      const [longest] = unclaimed
      if (longest === undefined) return
      yield* Effect.logWarning("Orders are due, and no orchestrator claims them", {
        orders: unclaimed.length,
        and_more: unclaimed.length === movedMax,
        saga_versions: [...new Set(unclaimed.map(({ sagaVersion }) => sagaVersion))],
        order_id: longest.orderId,
        organization_id: longest.organizationId,
        due_for_s: Math.round(longest.dueForMs / 1000)
      })
    })

    return Effect.gen(function* () {
      const moved = [...(yield* standstills.recallFar({ farMs, boundMs, limit: movedMax })), ...(yield* putLostBack)]
      if (moved.length > 0) yield* wakeUp.wake
      yield* Effect.forEach(
        moved,
        ({ orderId, organizationId, why }) =>
          Effect.logWarning("An order stood still and was moved on", {
            order_id: orderId,
            organization_id: organizationId,
            why
          }),
        { discard: true }
      )
      yield* reportUnclaimed
      return moved
    })
  })

/** Watches for as long as the scope is open. Any number of monitors can run: each moves only what still stands still. */
export const MonitorOrders = (options: MonitorOptions) =>
  Layer.effectDiscard(
    Effect.flatMap(makeMonitor(options), (pass) =>
      pass.pipe(
        Effect.catchCause((cause) => Effect.logWarning("The monitor failed and will look again", cause)),
        Effect.repeat(Schedule.spaced(options.intervalMs)),
        Effect.forkScoped
      )
    )
  )
