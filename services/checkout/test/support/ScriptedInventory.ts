import type { InventoryCommands, ReservationCommand, ReserveStock } from "@valerix/inventory/contract"
import { cancelled, done, type Outcome, rejected } from "@valerix/saga"
import { fenced, memoryFences } from "./Fenced.ts"
import { Script } from "./Script.ts"

/** Stock in memory. Of a product that no stock was put of there is more than enough. */
export class ScriptedInventory {
  readonly script = new Script<"reserve" | "release">()
  readonly available = new Map<string, number>()
  readonly reservations = new Map<string, ReadonlyMap<string, number>>()
  private readonly fences = memoryFences()

  readonly commands: InventoryCommands["Service"] = {
    reserve: (commands) => this.script.play("reserve", commands, (command) => this.reserve(command)),
    release: (commands) => this.script.play("release", commands, (command) => this.release(command))
  }

  /** What an order holds, by product. */
  reservedBy(orderId: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.reservations.get(orderId) ?? [])
  }

  private reserve(command: ReserveStock): Outcome {
    if (!this.fences.admit(fenced(command))) return cancelled
    if (this.reservations.has(command.orderId)) return done
    const wanted = new Map<string, number>()
    for (const { productId, quantity } of command.lines) {
      wanted.set(productId, (wanted.get(productId) ?? 0) + quantity)
    }
    for (const [product_id, requested] of wanted) {
      const available = this.available.get(product_id) ?? Number.MAX_SAFE_INTEGER
      if (available < requested) {
        const details = { product_id, product_sku: "SOLD-OUT", requested, available }
        return rejected("insufficient_stock", `${requested} were asked for and ${available} are available.`, details)
      }
    }
    this.take(wanted, 1)
    this.reservations.set(command.orderId, wanted)
    return done
  }

  private release(command: ReservationCommand): Outcome {
    if (!this.fences.undo(fenced(command))) return cancelled
    this.take(this.reservations.get(command.orderId) ?? new Map(), -1)
    this.reservations.delete(command.orderId)
    return done
  }

  private take(quantities: ReadonlyMap<string, number>, sign: 1 | -1): void {
    for (const [productId, quantity] of quantities) {
      const available = this.available.get(productId)
      if (available !== undefined) this.available.set(productId, available - sign * quantity)
    }
  }
}
