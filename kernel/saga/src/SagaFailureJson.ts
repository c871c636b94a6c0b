import { Schema } from "effect"

/** A saga's failure as it is kept and shown: `{"step":"reserve","code":"insufficient_stock","message":"…"}`. */
export const SagaFailureJson = Schema.Struct({
  step: Schema.String,
  code: Schema.String,
  message: Schema.String,
  details: Schema.optionalKey(Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Number])))
})
