import type { MemoryDatabase, MemoryTable } from "@valerix/database/memory"
import { Effect } from "effect"
import type { DomainEvent } from "./DomainEvent.ts"
import type { Outbox } from "./Outbox.ts"

/** An outbox in a memory database: it takes part in its transactions. */
export class OutboxMemory {
  private readonly rows: MemoryTable<DomainEvent>
  private sequence = 0

  constructor(database: MemoryDatabase) {
    this.rows = database.table()
  }

  /** All events, the oldest first. */
  get events(): ReadonlyArray<DomainEvent> {
    return this.rows.values()
  }

  readonly outbox: Outbox["Service"] = {
    append: (events) =>
      Effect.sync(() => {
        for (const event of events) this.rows.set(`${event.organizationId}/${this.sequence++}`, event)
      })
  }
}
