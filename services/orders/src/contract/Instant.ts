import { Schema } from "effect"

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

/** A point in time as RFC 3339 writes it, `2026-01-31T12:00:00Z`, kept to the millisecond. */
export const Instant = Schema.String.check(
  Schema.isPattern(RFC_3339, {
    expected: "a time with its offset, such as 2026-01-31T12:00:00Z",
    toJsonSchema: () => ({ format: "date-time" })
  })
).pipe(Schema.decodeTo(Schema.DateFromString))
