/** A time as it is shown to people: UTC, to the millisecond. */
export const isoTime = (date: Date): string => date.toISOString().replace("T", " ")
