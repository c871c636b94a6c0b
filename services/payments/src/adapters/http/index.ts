import { Layer } from "effect"
import { layerPaymentOperationsHandlers } from "./PaymentOperationsHandlers.ts"
import { layerUnprefixedHandlers } from "./PaymentsHandlers.ts"

export { layerPaymentsHandlers } from "./PaymentsHandlers.ts"
export { layerPaymentsShortHandlers } from "./ShortPaymentsHandlers.ts"

/** All groups of PaymentsInternalApi. */
export const layerPaymentsInternalHandlers = Layer.mergeAll(layerUnprefixedHandlers, layerPaymentOperationsHandlers)
