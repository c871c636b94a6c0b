import type { SagaStatuses } from "./SagaDefinition.ts"
import type { Transition } from "./SagaStore.ts"

/** What a change writes into the ledger. A status, undos or a failure that are null stay as they are. */
export interface LedgerRow {
  readonly status: string | null
  readonly attempts: number
  readonly unsent: number
  readonly delayMs: number | null
  readonly undone: string | null
  readonly failure: unknown
  readonly parkReason: string | null
}

const UNCHANGED: LedgerRow = {
  status: null,
  attempts: 0,
  unsent: 0,
  delayMs: null,
  undone: null,
  failure: null,
  parkReason: null
}

export const ledgerRow = (change: Transition["change"], statuses: SagaStatuses): LedgerRow => {
  switch (change._tag) {
    case "Advance":
      return { ...UNCHANGED, status: change.status }
    case "Retry": {
      const { attempts, unsent, delayMs } = change
      return { ...UNCHANGED, attempts, unsent, delayMs, undone: change.undone.join(",") }
    }
    case "Compensate":
      return { ...UNCHANGED, status: statuses.compensating, failure: change.failure }
    case "Complete":
      return { ...UNCHANGED, status: statuses.completed, failure: change.failureIfCancelled }
    case "Fail":
      return { ...UNCHANGED, status: statuses.failed, undone: change.undone.join(",") }
    case "Park":
      return { ...UNCHANGED, undone: change.undone?.join(",") ?? null, parkReason: change.reason }
  }
}

/** For a transition whose data the database refuses, such as a message with a zero byte: nobody else has to wait for it. */
export const parkedInstead = (transition: Transition): Transition => ({
  ...transition,
  attempts: [],
  change: {
    _tag: "Park",
    reason: `the database refused what came of it (${transition.change._tag})`,
    undone: "undone" in transition.change ? transition.change.undone : undefined
  }
})
