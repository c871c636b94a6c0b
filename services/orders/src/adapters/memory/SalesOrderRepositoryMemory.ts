import type { MemoryDatabase, MemoryTable } from "@valerix/database/memory"
import { Effect } from "effect"
import { orderKeyOf } from "../../application/OrderKey.ts"
import type { LockedOrder, OrderKey, SalesOrderRepository } from "../../application/ports/SalesOrderRepository.ts"
import type { CreateSalesOrder } from "../../contract/OrdersCommands.ts"

/** Sales orders in a memory database; what no command asks for is not kept. */
export class SalesOrderRepositoryMemory {
  private readonly orders: MemoryTable<LockedOrder>

  constructor(database: MemoryDatabase) {
    this.orders = database.table()
  }

  readonly repository: SalesOrderRepository["Service"] = {
    insert: (orders) => Effect.sync(() => orders.filter((order) => this.insert(order))),
    lock: (orders) =>
      Effect.sync(() =>
        orders.flatMap((order) => {
          const found = this.find(order)
          return found === undefined ? [] : [found]
        })
      ),
    moveTo: (orders, status) =>
      Effect.sync(() => {
        for (const order of orders) {
          const found = this.find(order)
          if (found !== undefined) this.orders.set(orderKeyOf(order), { ...found, status })
        }
      })
  }

  find(order: OrderKey): LockedOrder | undefined {
    return this.orders.get(orderKeyOf(order))
  }

  private insert(order: CreateSalesOrder): boolean {
    if (this.find(order) !== undefined) return false
    const { correlationId, currency, customerId, orderId, organizationId, totalMinor } = order
    const row: LockedOrder = {
      organizationId,
      orderId,
      customerId,
      currency,
      totalMinor,
      correlationId,
      status: "PENDING"
    }
    this.orders.set(orderKeyOf(order), row)
    return true
  }
}
