import type { Fenced } from "@valerix/saga"
import type { ReservationCommand } from "../contract/InventoryCommands.ts"

/** A command as its fence sees it: an order's execution is the saga. */
export const fenced = ({ epoch, orderId, organizationId }: ReservationCommand): Fenced => ({
  organizationId,
  sagaId: orderId,
  epoch
})
