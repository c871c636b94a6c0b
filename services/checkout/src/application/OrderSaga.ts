import { InventoryCommands } from "@valerix/inventory/contract"
import { OrdersCommands } from "@valerix/orders/contract"
import { PaymentsCommands } from "@valerix/payments/contract"
import type { SagaDefinition, SagaItem } from "@valerix/saga"
import { Effect } from "effect"
import { EXECUTION_STATUSES } from "../domain/LedgerStatus.ts"
import { orderEnded } from "./OrderEvents.ts"
import { ORDER_SAGA_VERSION } from "./OrderSagaVersion.ts"
import type { LedgerEntry } from "./ports/OrderLedger.ts"

/**
 * The execution of an order: create, reserve, capture, confirm; and back: settle, release, cancel. Settle is the undo of
 * capture, and of the authorization that came before the saga.
 */
export const makeOrderSaga = Effect.gen(function* () {
  const orders = yield* OrdersCommands
  const inventory = yield* InventoryCommands
  const payments = yield* PaymentsCommands

  const saga: SagaDefinition<LedgerEntry> = {
    name: "order",
    version: ORDER_SAGA_VERSION,
    statuses: EXECUTION_STATUSES,
    compensatable: [
      {
        name: "create",
        statusAfter: "ORDER_CREATED",
        command: (items) => orders.create(items.map((item) => ({ ...orderCommand(item), ...salesOrder(item.data) }))),
        undo: { name: "cancel", command: (items) => orders.cancel(items.map(orderCommand)) }
      },
      {
        name: "reserve",
        statusAfter: "INVENTORY_RESERVED",
        command: (items) => inventory.reserve(items.map((item) => ({ ...orderCommand(item), lines: item.data.lines }))),
        undo: { name: "release", command: (items) => inventory.release(items.map(orderCommand)) }
      }
    ],
    pivot: {
      name: "capture",
      statusAfter: "PAYMENT_CAPTURED",
      command: (items) => payments.capture(items.map(paymentCommand)),
      undo: { name: "settle", command: (items) => payments.settle(items.map(paymentCommand)) }
    },
    retriable: [
      {
        name: "confirm",
        statusAfter: EXECUTION_STATUSES.completed,
        command: (items) => orders.confirm(items.map(orderCommand))
      }
    ],
    eventsOnEnd: ({ data: entry }, end) => [orderEnded(entry, end)]
  }
  return saga
})

const orderCommand = ({ data, epoch }: SagaItem<LedgerEntry>) => ({
  organizationId: data.organizationId,
  orderId: data.orderId,
  epoch,
  correlationId: data.correlationId
})

const paymentCommand = (item: SagaItem<LedgerEntry>) => ({ ...orderCommand(item), generation: item.data.generation })

const salesOrder = (entry: LedgerEntry) => ({
  customerId: entry.customerId,
  currency: entry.currency,
  totalMinor: entry.totalMinor,
  lines: entry.lines,
  adjustments: entry.adjustments,
  shippingAddress: entry.shippingAddress,
  externalReference: entry.externalReference
})
