import type { Fenced } from "@valerix/saga"
import type { OrderCommand } from "../contract/OrdersCommands.ts"

/** An order's execution is the saga, and has one sales order only: generation 0. */
export const fenced = ({ epoch, orderId, organizationId }: OrderCommand): Fenced => ({
  organizationId,
  sagaId: orderId,
  epoch
})
