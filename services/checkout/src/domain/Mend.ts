import type { Execution } from "./Execution.ts"
import { versionOf } from "./Execution.ts"
import type { OrderElsewhere, OrderInLedger } from "./PromisesAcrossServices.ts"
import { restsOf } from "./Standstill.ts"

/** What the product can do about a finding, each by a command or a hand that there is anyway. */
export type Mend =
  /** Into the queue, or before the sweep. */
  | { readonly _tag: "PutBack" }
  | { readonly _tag: "MakeDue"; readonly version: string }
  | { readonly _tag: "KeepParked"; readonly version: string }
  | { readonly _tag: "TurnBack"; readonly version: string }
  | { readonly _tag: "Dequeue" }
  | { readonly _tag: "ForgetLease" }
  | { readonly _tag: "WriteEvents" }
  | { readonly _tag: "Settle"; readonly generations: ReadonlyArray<number>; readonly epoch: number }
  | { readonly _tag: "Release"; readonly epoch: number }
  | { readonly _tag: "Cancel"; readonly epoch: number }
  | { readonly _tag: "Confirm"; readonly epoch: number }
  | { readonly _tag: "Capture"; readonly generation: number; readonly epoch: number }
  | { readonly _tag: "Recount" }

/** What would mend a finding, in plain words; without a mend it is for a person, and the words say what to look at. */
export interface Proposal {
  readonly what: string
  readonly mend: Mend | undefined
  /** It undoes what may be wanted after all: done only when its code is named. */
  readonly isOnlyByName: boolean
}

export const mending = (mend: Mend, what: string): Proposal => ({ mend, what, isOnlyByName: false })
export const forAPerson = (what: string): Proposal => ({ mend: undefined, what, isOnlyByName: false })

/** An order that did not move while it was looked at, everywhere. */
export interface SeenOrder {
  readonly order: OrderInLedger & { readonly epoch: number }
  readonly elsewhere: OrderElsewhere
}

type Payment = OrderElsewhere["payments"][number]

/** The order has come to nothing, for good: whatever is left of it is to be undone. */
const isToBeUndone = ({ order }: SeenOrder): boolean => restsOf(order) && order.status !== "COMPLETED"

/** The stock of an order that came to nothing is released. */
export const releaseOf = (seen: SeenOrder): Proposal | undefined =>
  isToBeUndone(seen)
    ? mending(
        { _tag: "Release", epoch: seen.order.epoch },
        `release the stock, because the order is ${seen.order.status}`
      )
    : undefined

/** The sales order of an order that came to nothing is cancelled. */
export const cancelOf = (seen: SeenOrder): Proposal | undefined =>
  isToBeUndone(seen)
    ? mending(
        { _tag: "Cancel", epoch: seen.order.epoch },
        `cancel the sales order, because the order is ${seen.order.status}`
      )
    : undefined

/** A sales order that waits for it is confirmed, when the order is completed. */
export const confirmOf = ({ elsewhere, order }: SeenOrder): Proposal | undefined =>
  order.status === "COMPLETED" && elsewhere.salesOrder?.status === "PENDING"
    ? mending({ _tag: "Confirm", epoch: order.epoch }, "confirm the sales order, because the order is COMPLETED")
    : undefined

/**
 * Money: payments of an order that came to nothing, and of generations that were given up, are settled; the payment that a
 * completed order goes by is captured, under its one key, so that the provider answers with the capture if it has one.
 */
export const paymentOf = (seen: SeenOrder, isMeant: (payment: Payment) => boolean): Proposal | undefined => {
  const { elsewhere, order } = seen
  const meant = elsewhere.payments.filter(isMeant)
  const leftover = meant.filter(({ generation }) => isToBeUndone(seen) || generation !== order.generation)
  if (leftover.length > 0) {
    const generations = leftover.map(({ generation }) => generation)
    const what = `settle generation ${generations.join(", ")} of its payment: void what is authorized, refund what is captured`
    return mending({ _tag: "Settle", generations, epoch: order.epoch }, what)
  }
  const going = meant.find(({ generation }) => generation === order.generation)
  const isSound =
    going?.status === "AUTHORIZED" &&
    !going.isUndone &&
    going.amountMinor === order.totalMinor &&
    going.currency === order.currency
  return order.status === "COMPLETED" && isSound
    ? mending(
        { _tag: "Capture", generation: order.generation, epoch: order.epoch },
        "ask the provider for the capture again, under its one key"
      )
    : undefined
}

/** An order that nothing will move on is put back where something will. */
export const putBackOf = ({ status }: OrderInLedger): Proposal =>
  status === "AWAITING_AUTHORIZATION"
    ? mending({ _tag: "PutBack" }, "give its authorization to the sweep, which settles it; its key can be sent again")
    : mending({ _tag: "PutBack" }, `put it back into the queue, where it goes on from ${status}`)

/** An execution that has not moved is made due, under a new epoch, unless it is due and only nobody is there to take it. */
export const dueOf = (execution: Execution): Proposal | undefined =>
  execution.state === "WAITING" || execution.state === "EXECUTING"
    ? mending(
        { _tag: "MakeDue", version: versionOf(execution) },
        "make it due now; a worker that still has it loses it"
      )
    : undefined

export const keptParkedOf = (execution: Execution): Proposal | undefined =>
  execution.state === "PARKED"
    ? mending(
        { _tag: "KeepParked", version: versionOf(execution) },
        "leave it parked, with the reason that is given now"
      )
    : undefined

export const turnedBackOf = (execution: Execution): Proposal | undefined =>
  execution.status !== "COMPENSATING" && execution.state !== "ENDED" && execution.state !== "LOST"
    ? mending(
        { _tag: "TurnBack", version: versionOf(execution) },
        "turn the order back, because its payment was undone: released, cancelled, and FAILED"
      )
    : undefined
