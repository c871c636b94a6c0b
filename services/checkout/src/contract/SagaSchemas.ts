import { Cursor, Paged } from "@valerix/http/paging"
import { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { Failure, TimelineEntryView } from "./OrderSchemas.ts"
import { SECONDS_MAX } from "./SagaNotes.ts"

const BULK_MAX = 1_000

/** A blank one would be found nearly everywhere. */
const Text = Schema.String.check(
  Schema.isBetweenCodePoints(1, 200, { expected: "1 to 200 characters" }),
  Schema.isPattern(/\S/u, { expected: "a text that is not blank" })
)
const Seconds = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: SECONDS_MAX }))
const SagaStep = Schema.Literals(["create", "reserve", "capture", "confirm", "settle", "release", "cancel"])
const UnfinishedStatus = Schema.Literals([
  "AUTHORIZED",
  "ORDER_CREATED",
  "INVENTORY_RESERVED",
  "PAYMENT_CAPTURED",
  "COMPENSATING"
])

/** Which executions are meant: those of which everything that is given is true. */
export const sagaFilter = {
  status: Schema.optionalKey(UnfinishedStatus),
  /** The step that it stands before; of one that is being compensated the first undo that is not done. */
  step: Schema.optionalKey(SagaStep),
  parked: Schema.optionalKey(Schema.Boolean),
  /** How long ago the order was placed, at least. */
  min_age_s: Schema.optionalKey(Seconds),
  /** How long ago anything was recorded of it, at least. */
  min_still_s: Schema.optionalKey(Seconds),
  /** A part of the reason of parking, the failure, or the latest problem. */
  text: Schema.optionalKey(Text)
}

const Problem = Schema.Struct({
  step: Schema.String,
  outcome: Schema.String,
  detail: Schema.NullOr(Schema.String),
  recorded_at: Schema.DateTimeUtcFromString
})

/** How far the execution of an order has come, and what it is at. */
export const SagaView = Schema.Struct({
  order_id: OrderId,
  organization_id: OrganizationId,
  status: Schema.String,
  state: Schema.Literals(["AUTHORIZING", "DUE", "EXECUTING", "WAITING", "PARKED", "ENDED", "LOST"]),
  step: Schema.NullOr(Schema.String),
  /** Names the execution as it is; hand it back with an action. */
  version: Schema.String,
  attempts: Schema.Int,
  unsent: Schema.Int,
  undone: Schema.Array(Schema.String),
  epoch: Schema.Int,
  saga_version: Schema.Int,
  next_retry_at: Schema.NullOr(Schema.DateTimeUtcFromString),
  leased_until: Schema.NullOr(Schema.DateTimeUtcFromString),
  cancel_requested: Schema.Boolean,
  failure: Schema.NullOr(Failure),
  park_reason: Schema.NullOr(Schema.String),
  problem: Schema.NullOr(Problem),
  created_at: Schema.DateTimeUtcFromString,
  updated_at: Schema.DateTimeUtcFromString,
  age_s: Schema.Int,
  still_s: Schema.Int
}).annotate({ identifier: "Saga" })
export type SagaView = typeof SagaView.Type

/** An execution with everything that was tried and done. */
export const SagaWithTimeline = Schema.Struct({ saga: SagaView, timeline: Schema.Array(TimelineEntryView) }).annotate({
  identifier: "SagaWithTimeline"
})

const position = Schema.Tuple([OrderId])
export const SagaPage = Paged(SagaView, position)
export const SagaCursor = Cursor(position)

/** Why an operator intervenes: it is kept in the order's timeline. */
export const Reason = Schema.String.check(
  Schema.isBetweenCodePoints(1, 500, { expected: "1 to 500 characters" }),
  Schema.isPattern(/\S/u, { expected: "a reason that says something" })
)

const DryRun = Schema.optionalKey(Schema.Boolean)

/** An action on one order. */
export const SagaActionRequest = Schema.Struct({
  reason: Reason,
  /** The version that was seen: an order that has moved since is left as it is. */
  version: Schema.String.check(Schema.isBetweenCodePoints(1, 100, { expected: "1 to 100 characters" })),
  dry_run: DryRun
}).annotate({ identifier: "SagaActionRequest" })

export const SagaActionResult = Schema.Struct({
  dry_run: Schema.Boolean,
  /** As it is after the action; after a dry run as it is. */
  saga: SagaView
}).annotate({ identifier: "SagaActionResult" })

/** An action on many orders. */
export const SagaBulkRequest = Schema.Struct({
  reason: Reason,
  filter: Schema.Struct(sagaFilter).check(
    Schema.makeFilter(
      (filter) => Object.keys(filter).length > 0 || "must have a condition; min_age_s 0 is true of every order",
      { toJsonSchema: () => ({ minProperties: 1 }) }
    )
  ),
  dry_run: DryRun,
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: BULK_MAX }))),
  /** Goes on after an earlier request of the same. */
  cursor: Schema.optionalKey(SagaCursor)
}).annotate({ identifier: "SagaBulkRequest" })

export const SagaBulkResult = Schema.Struct({
  dry_run: Schema.Boolean,
  /** How many orders this request has changed, or would change. */
  applied: Schema.Int,
  /** How many had moved before they could be changed, and were left as they were. */
  moved: Schema.Int,
  orders: Schema.Array(
    Schema.Struct({
      order_id: OrderId,
      result: Schema.Literals(["APPLIED", "MOVED"]),
      status: Schema.String,
      state: Schema.String,
      version: Schema.String
    })
  ),
  next_cursor: Schema.NullOr(Schema.String)
}).annotate({ identifier: "SagaBulkResult" })
