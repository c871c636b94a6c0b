import { Context, Schema } from "effect"

/** Joins everything that one request caused: its log lines, its problem document, its order and that order's events. */
export const CorrelationId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/)).pipe(
  Schema.brand("CorrelationId")
)
export type CorrelationId = typeof CorrelationId.Type

/** The correlation id of the running request, job or saga batch; none outside of these. */
export const CurrentCorrelationId = Context.Reference<CorrelationId | undefined>(
  "@valerix/telemetry/CurrentCorrelationId",
  { defaultValue: () => undefined }
)
