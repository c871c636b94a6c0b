export type { DomainEvent } from "./DomainEvent.ts"
export { Outbox } from "./Outbox.ts"
export { OutboxMemory } from "./OutboxMemory.ts"
export { appendEvents, layerOutboxPostgres } from "./OutboxPostgres.ts"
