import { OrderId } from "@valerix/money-and-ids"
import type { World } from "../world/World.ts"

/** Makes ids that are the same each time that a world is run, and rise with its time, as UUIDs of version 7 do. */
export const orderIds = (world: World): (() => OrderId) => {
  let made = 0
  return () => {
    made += 1
    const millis = Math.floor(world.time.nowMs).toString(16).padStart(12, "0")
    const number = made.toString(16).padStart(12, "0")
    return OrderId.make(`${millis.slice(0, 8)}-${millis.slice(8)}-7000-8000-${number}`, { disableChecks: true })
  }
}

/** The number of an order in its world: order ids are counted. */
export const orderNumber = (orderId: string): number => Number.parseInt(orderId.slice(-12), 16)
