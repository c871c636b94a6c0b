import { Schema } from "effect"
import { Uuid, uuidV7 } from "./Id.ts"

/** The tenant. */
export const OrganizationId = Uuid.pipe(Schema.brand("OrganizationId"))
export type OrganizationId = typeof OrganizationId.Type

/** One id from the first request to delivery: the ledger entry and the sales order share it. */
export const OrderId = Uuid.pipe(Schema.brand("OrderId"))
export type OrderId = typeof OrderId.Type
export const makeOrderId = (): OrderId => OrderId.make(uuidV7(), { disableChecks: true })

export const ProductId = Uuid.pipe(Schema.brand("ProductId"))
export type ProductId = typeof ProductId.Type
export const makeProductId = (): ProductId => ProductId.make(uuidV7(), { disableChecks: true })

export const CustomerId = Uuid.pipe(Schema.brand("CustomerId"))
export type CustomerId = typeof CustomerId.Type

export const EventId = Uuid.pipe(Schema.brand("EventId"))
export type EventId = typeof EventId.Type
export const makeEventId = (): EventId => EventId.make(uuidV7(), { disableChecks: true })
