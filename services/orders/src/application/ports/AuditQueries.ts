import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { OrderStatus } from "../../domain/OrderStatus.ts"

/**
 * The orders of one organization with an id after `after`, up to and including `upTo`; without it, to the last. Ids are
 * text, because even one that is no OrderId has to be looked at.
 */
export interface Chunk {
  readonly organizationId: OrganizationId
  readonly after: string | undefined
  readonly upTo: string | undefined
}

/** Amounts are text, because broken ones need not fit into anything. */
export interface UnsoundOrder {
  readonly orderId: string
  readonly currency: string
  readonly isCurrencyCode: boolean
  readonly totalMinor: string
  readonly linesMinor: string
  /** None when an adjustment is no amount. */
  readonly adjustmentsMinor: string | undefined
}

export interface UnsoundLine {
  readonly orderId: string
  readonly lineNumber: number
  readonly hasOrder: boolean
  readonly lineTotalMinor: string
  readonly expectedMinor: string
}

/** Finds what the audit reports. Everything runs inside the transaction of the caller, and gives at most `limit` rows. */
export class AuditQueries extends Context.Service<
  AuditQueries,
  {
    /** Runs outside any organization. */
    readonly organizations: (
      after: OrganizationId | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<OrganizationId>>
    /** The tables that do not keep the rows of one organization from another. */
    readonly openTables: Effect.Effect<ReadonlyArray<string>>
    /** The id that ends the next chunk of so many orders, or none when fewer are left. */
    readonly chunkEnd: (
      organizationId: OrganizationId,
      after: string | undefined,
      orders: number
    ) => Effect.Effect<string | undefined>
    readonly duplicatedOrders: (chunk: Chunk, limit: number) => Effect.Effect<ReadonlyArray<string>>
    readonly unsoundOrders: (chunk: Chunk, limit: number) => Effect.Effect<ReadonlyArray<UnsoundOrder>>
    readonly unsoundLines: (chunk: Chunk, limit: number) => Effect.Effect<ReadonlyArray<UnsoundLine>>
    readonly statuses: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlyMap<string, OrderStatus>>
  }
>()("@valerix/orders/ports/AuditQueries") {}
