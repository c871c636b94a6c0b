import type { LedgerEntry } from "@valerix/checkout/memory"
import type { DomainEvent } from "@valerix/messaging"
import { Schema } from "effect"
import type { Cluster } from "../cluster/Cluster.ts"
import type { Plan } from "../customers/Plan.ts"

const Lines = Schema.Struct({
  reservations: Schema.Array(Schema.Struct({ product_id: Schema.String, quantity: Schema.Number }))
})
const Refusal = Schema.Struct({ product_id: Schema.String, reason: Schema.String })
const isLines = Schema.is(Lines)
const isRefusal = Schema.is(Refusal)

/**
 * What the participants did, replayed in the order in which they committed it, is what one participant would have done
 * that does one thing after the other: nothing is given that is not there, nothing refused that is, and at the end there
 * is what should be left.
 */
export const ofHistories = (cluster: Cluster, plan: Plan): ReadonlyArray<string> => [
  ...ofStockHistory(cluster, plan),
  ...ofStates(cluster.orders.outbox.events, SALES_ORDER),
  ...ofStates(cluster.payments.outbox.events, PAYMENT)
]

const ofStockHistory = ({ inventory, ledger }: Cluster, plan: Plan): ReadonlyArray<string> => {
  const broken: Array<string> = []
  const entries = new Map<string, LedgerEntry>(ledger.all().map((entry) => [entry.orderId, entry]))
  const left = new Map(plan.stock.map((row) => [`${row.organizationId}/${row.productId}`, row.onHand]))
  const held = new Map<string, ReadonlyMap<string, number>>()
  for (const { aggregateId: orderId, eventType, organizationId, payload } of inventory.outbox.events) {
    const leftOf = (productId: string) => left.get(`${organizationId}/${productId}`) ?? 0
    const entry = entries.get(orderId)
    const wanted = entry === undefined ? new Map<string, number>() : wantedBy(entry)
    const about = `order ${orderId}: ${eventType}`
    if (eventType === "inventory.reserved" && isLines(payload)) {
      const given = new Map(payload.reservations.map((line) => [line.product_id, line.quantity]))
      if (held.has(orderId)) broken.push(`${about} a second time`)
      if (!isSame(given, wanted)) broken.push(`${about} ${told(given)}, and ${told(wanted)} was wanted`)
      for (const [productId, quantity] of given) {
        if (leftOf(productId) < quantity) broken.push(`${about} ${quantity} when ${leftOf(productId)} were left`)
        left.set(`${organizationId}/${productId}`, leftOf(productId) - quantity)
      }
      held.set(orderId, given)
    } else if (eventType === "inventory.released" && isLines(payload)) {
      const given = held.get(orderId) ?? new Map<string, number>()
      const returned = new Map(payload.reservations.map((line) => [line.product_id, line.quantity]))
      if (!isSame(given, returned)) broken.push(`${about} ${told(returned)}, and ${told(given)} was held`)
      for (const [productId, quantity] of returned) {
        left.set(`${organizationId}/${productId}`, leftOf(productId) + quantity)
      }
      held.set(orderId, new Map())
    } else if (eventType === "inventory.reservation_failed" && isRefusal(payload)) {
      const quantity = wanted.get(payload.product_id) ?? 0
      if (leftOf(payload.product_id) >= quantity) {
        broken.push(`${about} although ${quantity} were wanted and ${leftOf(payload.product_id)} were left`)
      }
    } else {
      broken.push(`${about}: nobody knows what this is`)
    }
  }
  for (const row of plan.stock) {
    const stock = inventory.reservations.stockOf(row)
    const available = (stock?.onHand ?? 0) - (stock?.reserved ?? 0)
    const expected = left.get(`${row.organizationId}/${row.productId}`)
    if (available !== expected) broken.push(`${row.sku}: ${available} are left, and it should be ${expected}`)
  }
  return broken
}

const wantedBy = (entry: LedgerEntry): ReadonlyMap<string, number> => {
  const wanted = new Map<string, number>()
  for (const { productId, quantity } of entry.lines) wanted.set(productId, (wanted.get(productId) ?? 0) + quantity)
  return wanted
}

const isSame = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean =>
  one.size === other.size && [...one].every(([key, value]) => other.get(key) === value)

const told = (quantities: ReadonlyMap<string, number>): string => JSON.stringify([...quantities])

/** After which event each event may come; a first one after `undefined`. */
type States = Readonly<Record<string, ReadonlyArray<string | undefined>>>

const SALES_ORDER: States = {
  "order.created": [undefined],
  "order.confirmed": ["order.created"],
  "order.cancelled": ["order.created", "order.confirmed"]
}

const PAYMENT: States = {
  "payment.authorized": [undefined],
  "payment.failed": [undefined],
  "payment.processed": ["payment.authorized"],
  "payment.voided": ["payment.authorized"],
  "payment.expired": ["payment.authorized"],
  "payment.refunded": ["payment.processed"]
}

const ofStates = (events: ReadonlyArray<DomainEvent>, states: States): ReadonlyArray<string> => {
  const latest = new Map<string, string>()
  return events.flatMap(({ aggregateId, aggregateType, eventType }) => {
    const before = latest.get(aggregateId)
    latest.set(aggregateId, eventType)
    const isAllowed = states[eventType]?.includes(before) ?? false
    return isAllowed ? [] : [`${aggregateType} ${aggregateId}: ${eventType} came after ${before ?? "nothing"}`]
  })
}
