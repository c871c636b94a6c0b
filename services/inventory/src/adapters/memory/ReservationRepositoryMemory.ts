import type { MemoryDatabase, MemoryTable } from "@valerix/database/memory"
import { Effect } from "effect"
import { orderKeyOf } from "../../application/OrderKey.ts"
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
      Effect.sync(() => orders.map((order) => this.decisionOn(order)).filter((decision) => decision !== undefined)),
    // Transactions follow one another here.
    lockStock: (products) => Effect.sync(() => products.filter((product) => this.stock.has(productKeyOf(product)))),
    availableStock: (products) =>
      Effect.sync(() =>
        [...new Set(products.map(productKeyOf))].flatMap((key) => {
          const row = this.stock.get(key)
          return row === undefined ? [] : [{ ...row, available: row.onHand - row.reserved }]
        })
      ),
    hold: (takes) =>
      Effect.sync(() => {
        for (const take of takes) this.hold(take)
      }),
    refuse: (refusals) =>
      Effect.sync(() => {
        for (const row of refusals) this.refusals.set(orderKeyOf(row), row)
      }),
    release: (orders) => Effect.sync(() => orders.flatMap((order) => this.release(order))),
    ofOrders: (orders) => Effect.sync(() => orders.flatMap((order) => this.ofOrder(order)))
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

  private hold(take: Take): void {
    this.reserve(take, take.quantity)
    const reservation: Reservation = {
      ...take,
      reservationId: `${orderKeyOf(take)}/${take.productId}`,
      status: "RESERVED"
    }
    this.reservations.set(orderKeyOf(take), [...this.ofOrder(take), reservation])
  }

  private release(order: OrderKey): ReadonlyArray<Reservation> {
    const held = this.ofOrder(order).filter(({ status }) => status === "RESERVED")
    for (const line of held) this.reserve(line, -line.quantity)
    const released = held.map((line): Reservation => ({ ...line, status: "RELEASED" }))
    if (released.length > 0) this.reservations.set(orderKeyOf(order), released)
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

const productKeyOf = ({ organizationId, productId }: ProductKey): string => `${organizationId}/${productId}`
