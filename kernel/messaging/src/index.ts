export { appendEvents, type DomainEvent } from "./Outbox.ts"
