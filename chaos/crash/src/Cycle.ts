import { Schema } from "effect"

/** What became of one planned kill. */
export const Cycle = Schema.Struct({
  number: Schema.Int,
  fault: Schema.String,
  boundary: Schema.NullOr(Schema.String),
  outcome: Schema.Literals(["struck", "not reached", "not possible here"]),
  /** Orders that had been accepted, were unfinished when it struck, and ended after it. */
  delayed: Schema.Int,
  /** Authorizations that no edge had concluded, and that were undone or concluded after it. */
  unanswered: Schema.Int,
  /** None when the next kill came before the program had recovered. */
  firstOrderMs: Schema.NullOr(Schema.Number),
  lastOldOrderMs: Schema.NullOr(Schema.Number),
  tookMs: Schema.Number,
  /** How often the promises that are always true were looked at meanwhile. */
  looks: Schema.Int
})
export type Cycle = typeof Cycle.Type
