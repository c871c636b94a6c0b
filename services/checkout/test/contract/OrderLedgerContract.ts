import type { Effect } from "effect"
import { beginning } from "./Beginning.ts"
import { cancelling } from "./Cancelling.ts"
import { concluding } from "./Concluding.ts"
import type { LedgerBench } from "./LedgerBooks.ts"
import { reading } from "./Reading.ts"
import { sweeping } from "./Sweeping.ts"

/** What every OrderLedger promises, each with the test that it is kept. A ledger's own test file runs them all. */
export const orderLedgerContract: ReadonlyArray<
  readonly [promise: string, test: Effect.Effect<void, never, LedgerBench>]
> = Object.entries({ ...beginning, ...concluding, ...sweeping, ...cancelling, ...reading })
