import type { Cluster } from "../cluster/Cluster.ts"
import type { Plan } from "../customers/Plan.ts"

/** What is reserved is what completed orders hold, product by product, and never more than there is. */
export const ofStock = ({ inventory, ledger, orders }: Cluster, plan: Plan): ReadonlyArray<string> => {
  const broken: Array<string> = []
  const active = inventory.reservations.allReservations().filter(({ status }) => status === "RESERVED")
  for (const row of plan.stock) {
    const stock = inventory.reservations.stockOf(row)
    const held = active
      .filter((one) => one.organizationId === row.organizationId && one.productId === row.productId)
      .reduce((sum, one) => sum + one.quantity, 0)
    if (stock?.reserved !== held) broken.push(`${row.sku}: ${stock?.reserved} are reserved, and orders hold ${held}`)
    if (held > row.onHand) broken.push(`${row.sku}: ${held} of ${row.onHand} are sold`)
  }
  for (const entry of ledger.all()) {
    const about = `order ${entry.orderId} (${entry.status})`
    const held = active.filter((one) => one.orderId === entry.orderId)
    const salesOrder = orders.salesOrders.find(entry)?.status
    if (entry.status === "COMPLETED") {
      const wanted = Map.groupBy(entry.lines, (line) => line.productId)
      for (const [productId, lines] of wanted) {
        const quantity = lines.reduce((sum, line) => sum + line.quantity, 0)
        const got = held.filter((one) => one.productId === productId && one.organizationId === entry.organizationId)
        if (got.length !== 1 || got[0]?.quantity !== quantity) {
          broken.push(`${about}: holds ${got.map((one) => one.quantity)} of ${productId}, not ${quantity}`)
        }
      }
      if (held.length !== wanted.size) broken.push(`${about}: holds ${held.length} products, not ${wanted.size}`)
      if (salesOrder !== "CONFIRMED") broken.push(`${about}: its sales order is ${salesOrder}`)
    } else {
      if (held.length > 0) broken.push(`${about}: still holds stock`)
      if (salesOrder !== undefined && salesOrder !== "CANCELLED") {
        broken.push(`${about}: its sales order is ${salesOrder}`)
      }
    }
  }
  const known = new Set<string>(ledger.all().map((entry) => entry.orderId))
  for (const one of active) if (!known.has(one.orderId)) broken.push(`an unknown order ${one.orderId} holds stock`)
  return broken
}
