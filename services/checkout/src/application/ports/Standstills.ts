import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"

/** An order that stood still, and was moved on. */
export interface MovedOn {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  /** What it stood still for. */
  readonly why: string
}

/** An execution that is due and that nobody has claimed. */
export interface Unclaimed {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly dueForMs: number
  readonly sagaVersion: number
}

/**
 * What nothing would ever move on, and how it is moved on: with a new epoch and an entry in the timeline, and only if it
 * still stands still, so that any number of monitors can run. Implementations answer to one contract suite.
 */
export class Standstills extends Context.Service<
  Standstills,
  {
    /**
     * Makes executions due whose turn is further away than `farMs`, which no lease or retry can have put there, if nothing
     * was recorded of them for `boundMs`.
     */
    readonly recallFar: (options: {
      readonly farMs: number
      readonly boundMs: number
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<MovedOn>>
    /**
     * Puts unfinished orders back that nothing moves on: into the queue what is executed, before the sweep what was being
     * authorized. Those that do not stand like that, for `boundMs`, are left as they are. The timeline says who did it and
     * why; it is the monitor, because they stood still, when nobody is named.
     */
    readonly putBack: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>,
      boundMs: number,
      by?: { readonly principal: string; readonly reason: string }
    ) => Effect.Effect<ReadonlyArray<MovedOn>>
    /** Executions that have been due for longer than `boundMs`, the longest first. */
    readonly unclaimed: (options: {
      readonly boundMs: number
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<Unclaimed>>
  }
>()("@valerix/checkout/Standstills") {}
