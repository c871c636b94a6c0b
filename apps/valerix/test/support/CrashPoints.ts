/** Where the program kills itself: each is between an effect and its record. */
export const CRASH_POINTS = [
  /** The ledger entry is written and nothing was authorized. */
  "entry written",
  /** The provider has authorized, and the ledger does not know. */
  "authorized",
  /** The sales orders are there, and the ledger does not know. */
  "created",
  "reserved",
  "captured",
  "confirmed",
  /** In the middle of compensation: the money is back, the stock is not. */
  "settled"
] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]
