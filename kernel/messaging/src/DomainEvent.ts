import type { OrganizationId } from "@valerix/money-and-ids"

/** One thing that happened, told to whoever listens: written in the transaction of the change that it tells of. */
export interface DomainEvent {
  readonly organizationId: OrganizationId
  /** `order.created` and the like: also the routing key. */
  readonly eventType: string
  readonly eventVersion: number
  readonly aggregateType: string
  readonly aggregateId: string
  /** Joins the events of one order; none for a change that no request of a caller began. */
  readonly correlationId: string | undefined
  readonly payload: unknown
}
