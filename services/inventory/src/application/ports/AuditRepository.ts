import type { OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { InventoryFinding } from "../../contract/InventoryAudit.ts"

/** What a check found in one chunk of an organization's rows, and after which row the next begins (none: it was the last). */
export interface CheckedChunk {
  readonly findings: ReadonlyArray<InventoryFinding>
  readonly next: string | undefined
}

/** Checks the chunk of an organization's rows after a row (none: the first chunk), in the caller's transaction. */
export type Check = (organizationId: OrganizationId, after: string | undefined) => Effect.Effect<CheckedChunk>

/** What the promises look like in the tables. */
export class AuditRepository extends Context.Service<
  AuditRepository,
  {
    readonly checks: ReadonlyArray<Check>
    /** The organizations with any row, in order, after the given one. Runs in a transaction without organizations. */
    readonly organizations: (
      after: OrganizationId | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<OrganizationId>>
  }
>()("@valerix/inventory/ports/AuditRepository") {}
