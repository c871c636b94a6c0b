import type { CreateSalesOrder, OrderCommand, OrdersCommands } from "@valerix/orders/contract"
import { cancelled, done, type Outcome, rejected } from "@valerix/saga"
import { fenced, memoryFences } from "./Fenced.ts"
import { Script } from "./Script.ts"

export interface SalesOrder {
  readonly status: "PENDING" | "CONFIRMED" | "CANCELLED"
  readonly command: CreateSalesOrder
}

/** Sales orders in memory. */
export class ScriptedOrders {
  readonly script = new Script<"create" | "confirm" | "cancel">()
  readonly orders = new Map<string, SalesOrder>()
  private readonly fences = memoryFences()

  readonly commands: OrdersCommands["Service"] = {
    create: (commands) => this.script.play("create", commands, (command) => this.create(command)),
    confirm: (commands) => this.script.play("confirm", commands, (command) => this.confirm(command)),
    cancel: (commands) => this.script.play("cancel", commands, (command) => this.cancel(command))
  }

  statusOf(orderId: string): SalesOrder["status"] | undefined {
    return this.orders.get(orderId)?.status
  }

  private create(command: CreateSalesOrder): Outcome {
    if (!this.fences.admit(fenced(command))) return cancelled
    if (!this.orders.has(command.orderId)) this.orders.set(command.orderId, { status: "PENDING", command })
    return done
  }

  private confirm(command: OrderCommand): Outcome {
    if (!this.fences.admit(fenced(command))) return cancelled
    const order = this.orders.get(command.orderId)
    if (order === undefined) return rejected("order_not_found", "There is no such order.")
    if (order.status === "CANCELLED") return rejected("invalid_status_transition", "It is cancelled.")
    this.orders.set(command.orderId, { ...order, status: "CONFIRMED" })
    return done
  }

  private cancel(command: OrderCommand): Outcome {
    if (!this.fences.undo(fenced(command))) return cancelled
    const order = this.orders.get(command.orderId)
    if (order !== undefined) this.orders.set(command.orderId, { ...order, status: "CANCELLED" })
    return done
  }
}
