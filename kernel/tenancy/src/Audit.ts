import type { OrganizationId } from "@valerix/money-and-ids"
import type { Effect } from "effect"

/** A broken promise: which of docs/guarantees, of whose order, product or table, and why. */
export interface Finding<Code extends string = string> {
  readonly promise: number
  readonly code: Code
  readonly organizationId: OrganizationId
  /** The order, product or table that it is about. */
  readonly subject: string
  /** What was expected, and what is. */
  readonly message: string
}

/** What a check found in one chunk of an organization's rows. */
export interface CheckedChunk<Code extends string = string> {
  readonly findings: ReadonlyArray<Finding<Code>>
  /** The key after which the next chunk begins; none: it was the last. */
  readonly next: string | undefined
  /** How many orders of the ledger were judged, where that is what the check does. */
  readonly orders?: number
}

/**
 * Checks the rows of an organization, a chunk at a time: each takes a bounded time and memory, whatever the organization
 * has, and is right while orders are being executed. Together with its key, a check's name is a position to go on from.
 */
export interface Check<Code extends string = string> {
  readonly name: string
  /** Whether the keys that it goes by are UUIDs, or any text. */
  readonly key: "uuid" | "text"
  /** Checks what comes after a key; none: from the beginning. Fails as a defect when a database is away. */
  readonly chunk: (organizationId: OrganizationId, after: string | undefined) => Effect.Effect<CheckedChunk<Code>>
  /** Checks what stands under one key alone; not given where a finding's subject is not the key that is gone by. */
  readonly one?: (organizationId: OrganizationId, key: string) => Effect.Effect<ReadonlyArray<Finding<Code>>>
}
