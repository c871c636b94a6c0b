import type { DomainEvent } from "@valerix/messaging"
import { OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import type { SagaFailure, SagaKey, SagaStatuses } from "../src/index.ts"

/** The sagas of these tests are trips: a car and a hotel are booked, the trip is paid, and the ticket is sent. */
export const tripStatuses: SagaStatuses = {
  ready: "READY",
  compensating: "COMPENSATING",
  completed: "COMPLETED",
  failed: "FAILED"
}

export const makeOrganization = (): OrganizationId => OrganizationId.make(uuidV7())

/** Organizations in the order of their ids. */
export const makeOrganizations = (count: number): ReadonlyArray<OrganizationId> =>
  Array.from({ length: count }, makeOrganization)

export const makeTrip = (organizationId: OrganizationId = makeOrganization()): SagaKey => ({
  organizationId,
  sagaId: uuidV7()
})

export const makeTrips = (count: number, organizationId: OrganizationId = makeOrganization()): ReadonlyArray<SagaKey> =>
  Array.from({ length: count }, () => makeTrip(organizationId))

export const tripEvent = ({ organizationId, sagaId }: SagaKey, eventType: string): DomainEvent => ({
  organizationId,
  eventType,
  eventVersion: 1,
  aggregateType: "trip",
  aggregateId: sagaId,
  correlationId: undefined,
  payload: { trip_id: sagaId }
})

export const noRooms: SagaFailure = {
  step: "hotel",
  code: "no_rooms",
  message: "The hotel is full.",
  details: { hotel: "Ritz", rooms: 0 }
}
