import { Context, type Effect } from "effect"
import type { DomainEvent } from "./DomainEvent.ts"

/** Where a service leaves its events, for a relay to take them to whoever listens. */
export class Outbox extends Context.Service<
  Outbox,
  {
    /** Appends events, in the caller's transaction: that of the change they tell of. */
    readonly append: (events: ReadonlyArray<DomainEvent>) => Effect.Effect<void>
  }
>()("@valerix/messaging/Outbox") {}
