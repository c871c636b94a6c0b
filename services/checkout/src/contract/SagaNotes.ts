import { notes } from "@valerix/http/contract"

/** The longest time that a filter can ask for. */
export const SECONDS_MAX = 1_000_000_000

const VERSION = "7-INVENTORY_RESERVED-2-0"
const FILTER = { step: "capture", parked: true, text: "no answer" }

/** In a query it is a text that reads as a number. */
const SECONDS = { type: "integer", minimum: 0, maximum: SECONDS_MAX }

const FILTER_NOTES = {
  step: { description: "The step that it stands before; on the way back the first undo that is not done." },
  parked: { description: "Only parked ones, or only those that are not." },
  min_age_s: {
    schema: SECONDS,
    description: "How long ago the order was placed, at least, in seconds."
  },
  min_still_s: {
    schema: SECONDS,
    description: "How long ago anything was recorded of it, at least, in seconds."
  },
  text: { description: "A part of the reason of parking, the failure or the latest problem, in letters of any case." }
}

export const listSagasNotes = notes({
  summary: "List unfinished executions",
  description:
    "Executions of orders that have not ended, the oldest first, each with its step, its attempts, how long it has stood still, and why it is parked. A page may hold fewer than its limit, or none, and have a next one: a request looks at 10,000 executions at most.",
  parameters: FILTER_NOTES
})

export const getSagaNotes = notes({
  summary: "Show an execution",
  description:
    "How far the execution of an order has come, what it is at, and everything that was tried and done: attempts, and what operators and the monitor did, with who and why; of a very long story the latest 10,000 entries. Also of orders that have ended."
})

const WHAT = {
  retry: {
    one: "Retry an order now",
    many: "Retry many orders now",
    does: "Makes an order that waits for its next attempt due at once. It keeps the attempts that it has used.",
    touches: "those that wait for their next attempt"
  },
  compensate: {
    one: "Compensate an order now",
    many: "Compensate many orders now",
    does: "Turns an order back, wherever it stands: its money is voided or refunded, its stock released, its sales order cancelled.",
    touches: "those that go forward, parked ones too"
  },
  park: {
    one: "Park an order",
    many: "Park many orders",
    does: "Stops an order where it stands, until it is resumed or turned back. One that goes forward also goes on when its customer cancels it, to be turned back.",
    touches: "those that are not parked"
  },
  resume: {
    one: "Resume a parked order",
    many: "Resume many parked orders",
    does: "Makes a parked order due at once, with all attempts at its step again.",
    touches: "parked ones"
  }
} as const

const KEPT = "The reason is kept in the order's timeline, with who gave it."

/** What people read about an action on one order. */
export const actionNotes = (action: keyof typeof WHAT) =>
  notes({
    summary: WHAT[action].one,
    description: `${WHAT[action].does} ${KEPT} A worker that is executing the order at this moment can record nothing any more; what it has done is found when the step is repeated. \`version\` is the one that was seen: an order that has moved since, or whose customer has asked to cancel it, is left as it is, 409. With \`dry_run\` nothing is changed.`,
    examples: {
      action: { summary: "As it was seen", value: { reason: "The bank is back", version: VERSION } },
      dry_run: {
        summary: "Would it be applied?",
        value: { reason: "The bank is back", version: VERSION, dry_run: true }
      }
    }
  })

/** What people read about an action on many orders. */
export const bulkNotes = (action: keyof typeof WHAT) =>
  notes({
    summary: WHAT[action].many,
    description: `${WHAT[action].does} Of the orders that fit the filter it touches ${WHAT[action].touches}, the oldest first, 1,000 in one request at most. ${KEPT} Each order is changed only if it is as it was when this request selected it; \`orders\` tells of each. While \`next_cursor\` is not null there may be more: send it back as \`cursor\`. With \`dry_run\` nothing is changed, and \`applied\` says how many would be.`,
    examples: {
      filtered: { summary: "What a filter finds", value: { reason: "The bank is back", filter: FILTER } },
      dry_run: {
        summary: "How many would it touch?",
        value: { reason: "The bank is back", filter: FILTER, dry_run: true }
      }
    }
  })
