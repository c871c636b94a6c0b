import type { MemoryDatabase, MemoryTable } from "@valerix/database/memory"
import { Effect } from "effect"
import { distinctBy } from "../../application/DistinctBy.ts"
import { orderKeyOf } from "../../application/OrderKey.ts"
import { productKeyOf } from "../../application/ProductKey.ts"
import type {
  EarlierDecision,
  OrderKey,
  ProductKey,
  Refusal,
  ReservationRepository
} from "../../application/ports/ReservationRepository.ts"
import type { AvailableStock, Take } from "../../domain/Allocation.ts"
import type { Reservation } from "../../domain/Reservation.ts"

/** How much there is of a product, all of it at one location. */
export interface StockRow extends Omit<AvailableStock, "available"> {
  readonly onHand: number
  readonly reserved: number
}

/** Stock and reservations in a memory database. */
export class ReservationRepositoryMemory {
  private readonly stock: MemoryTable<StockRow>
  private readonly reservations: MemoryTable<ReadonlyArray<Reservation>>
  private readonly refusals: MemoryTable<OrderKey & { readonly refusal: Refusal }>

  constructor(database: MemoryDatabase) {
    this.stock = database.table()
    this.reservations = database.table()
    this.refusals = database.table()
  }

  readonly repository: ReservationRepository["Service"] = {
    earlierDecisions: (orders) =>
      Effect.sync(() =>
        distinctBy(orders, orderKeyOf)
          .map((order) => this.decisionOn(order))
          .filter((decision) => decision !== undefined)
      ),
    // Transactions follow one another here.
    lockStock: (products) =>
      Effect.sync(() =>
        distinctBy(products, productKeyOf)
          .filter((product) => this.stock.has(productKeyOf(product)))
          .map(({ organizationId, productId }) => ({ organizationId, productId }))
      ),
    availableStock: (products, locked) =>
      Effect.sync(() => {
        const lockedKeys = new Set(locked.map(productKeyOf))
        return distinctBy(products, productKeyOf).flatMap((product): ReadonlyArray<AvailableStock> => {
          const row = this.stockOf(product)
          if (row === undefined) return []
          const { locationId, onHand, organizationId, productId, reserved, sku } = row
          const available = lockedKeys.has(productKeyOf(product)) ? onHand - reserved : 0
          return [{ organizationId, productId, sku, locationId, available }]
        })
      }),
    hold: (takes) =>
      Effect.sync(() => {
        for (const take of takes) this.hold(take)
      }),
    refuse: (refusals) =>
      Effect.sync(() => {
        for (const row of refusals) {
          if (this.refusals.has(orderKeyOf(row))) throw new Error(`order ${row.orderId} was refused before`)
          this.refusals.set(orderKeyOf(row), row)
        }
      }),
    release: (orders) =>
      Effect.sync(() => {
        const held = this.ofOrders(orders).filter(({ status }) => status === "RESERVED")
        return held.map((line) => this.release(line))
      }),
    ofOrders: (orders) => Effect.sync(() => this.ofOrders(orders))
  }

  put(row: StockRow): void {
    this.stock.set(productKeyOf(row), row)
  }

  stockOf(product: ProductKey): StockRow | undefined {
    return this.stock.get(productKeyOf(product))
  }

  allStock(): ReadonlyArray<StockRow> {
    return this.stock.values()
  }

  allReservations(): ReadonlyArray<Reservation> {
    return this.reservations.values().flat()
  }

  ofOrder(order: OrderKey): ReadonlyArray<Reservation> {
    return this.reservations.get(orderKeyOf(order)) ?? []
  }

  private decisionOn({ orderId, organizationId }: OrderKey): EarlierDecision | undefined {
    const refused = this.refusals.get(orderKeyOf({ organizationId, orderId }))
    if (refused !== undefined) return refused
    return this.ofOrder({ organizationId, orderId }).length > 0
      ? { organizationId, orderId, refusal: undefined }
      : undefined
  }

  private ofOrders(orders: ReadonlyArray<OrderKey>): ReadonlyArray<Reservation> {
    return distinctBy(orders, orderKeyOf)
      .flatMap((order) => this.ofOrder(order))
      .sort((a, b) => (lineKeyOf(a) < lineKeyOf(b) ? -1 : 1))
  }

  /** The database's checks are here as well. */
  private hold(take: Take): void {
    const { organizationId, orderId, productId, locationId, quantity } = take
    const reservationId = lineKeyOf(take)
    const isHeld = this.ofOrder(take).some((line) => lineKeyOf(line) === reservationId)
    if (isHeld) throw new Error(`product ${productId} was held for order ${orderId} before`)
    if (quantity < 1 || this.stockOf(take)?.locationId !== locationId) {
      throw new Error(`${quantity} pieces of product ${productId} cannot be held at location ${locationId}`)
    }
    this.reserve(take, quantity)
    const line = {
      organizationId,
      orderId,
      productId,
      locationId,
      reservationId,
      quantity,
      status: "RESERVED"
    } as const
    this.reservations.set(orderKeyOf(take), [...this.ofOrder(take), line])
  }

  private release(held: Reservation): Reservation {
    this.reserve(held, -held.quantity)
    const released: Reservation = { ...held, status: "RELEASED" }
    const lines = this.ofOrder(held).map((line) => (line === held ? released : line))
    this.reservations.set(orderKeyOf(held), lines)
    return released
  }

  /** Moves stock from available to reserved; the database's checks are here as well. */
  private reserve(product: ProductKey, quantity: number): void {
    const row = this.stockOf(product)
    const reserved = (row?.reserved ?? 0) + quantity
    if (row === undefined || reserved < 0 || reserved > row.onHand) {
      throw new Error(`${quantity} of ${row?.onHand ?? "no"} pieces of product ${product.productId} cannot be reserved`)
    }
    this.put({ ...row, reserved })
  }
}

const lineKeyOf = (line: OrderKey & ProductKey): string => `${orderKeyOf(line)}/${line.productId}`
