import type { DomainEvent } from "@valerix/messaging"
import type { Cluster } from "../cluster/Cluster.ts"

/** What was told to the world is what happened, once each. */
export const ofEvents = ({ inventory, ledger, orders, payments }: Cluster): ReadonlyArray<string> => {
  const broken: Array<string> = []
  const streams = [ledger.sagas.events, orders.outbox.events, inventory.outbox.events, payments.outbox.events]
  const byOrder = Map.groupBy(streams.flat().filter(isOfOrder), orderOf)
  for (const entry of ledger.all()) {
    const about = `order ${entry.orderId} (${entry.status})`
    const told = (byOrder.get(entry.orderId) ?? []).map((event) => event.eventType)
    const expect = (eventType: string, count: ReadonlyArray<number>) => {
      const found = told.filter((one) => one === eventType).length
      if (!count.includes(found)) broken.push(`${about}: told ${eventType} ${found} times`)
    }
    const wasAuthorized = entry.status !== "AWAITING_AUTHORIZATION" && entry.status !== "AUTHORIZATION_FAILED"
    expect("order.authorized", wasAuthorized ? [1] : [0])
    expect("order.completed", entry.status === "COMPLETED" ? [1] : entry.failure?.step === "completed" ? [1] : [0])
    expect("order.failed", entry.status === "FAILED" ? [1] : [0])
    const salesOrder = orders.salesOrders.find(entry)
    expect("order.created", salesOrder === undefined ? [0] : [1])
    expect("order.cancelled", salesOrder?.status === "CANCELLED" ? [1] : [0])
    expect("order.confirmed", salesOrder?.status === "CONFIRMED" ? [1] : entry.failure === undefined ? [0] : [0, 1])
    const reservations = inventory.reservations.ofOrder(entry)
    expect("inventory.reserved", reservations.length > 0 ? [1] : [0])
    expect("inventory.released", reservations.some(({ status }) => status === "RELEASED") ? [1] : [0])
  }
  return broken
}

const isOfOrder = (event: DomainEvent): boolean => orderOf(event) !== undefined

const orderOf = ({ aggregateId, aggregateType, payload }: DomainEvent): string | undefined => {
  if (aggregateType === "order") return aggregateId
  const isRecord = typeof payload === "object" && payload !== null && "order_id" in payload
  return isRecord && typeof payload.order_id === "string" ? payload.order_id : aggregateId
}
