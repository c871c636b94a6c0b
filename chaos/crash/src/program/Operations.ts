/** What the program does that others see or that is kept. It can be ended before and after each. */
export const OPERATIONS = [
  "orders.create",
  "orders.confirm",
  "orders.cancel",
  "inventory.reserve",
  "inventory.release",
  "payments.authorize",
  "payments.capture",
  "payments.settle",
  "payments.settle (sweep)",
  "ledger.begin",
  "ledger.conclude AUTHORIZED",
  "ledger.conclude DECLINED",
  "ledger.conclude ABANDONED",
  "ledger.abandonUnlessConcluded",
  "ledger.abandonExpired",
  "ledger.forgetSettled",
  "ledger.requestCancel",
  "saga.claim",
  "saga.renew",
  "saga.record ORDER_CREATED",
  "saga.record INVENTORY_RESERVED",
  "saga.record PAYMENT_CAPTURED",
  "saga.record COMPLETED",
  "saga.record COMPENSATING",
  "saga.record FAILED",
  "saga.record retry",
  "provider.authorize",
  "provider.capture",
  "provider.void",
  "provider.refund",
  "provider.lookup"
] as const
export type Operation = (typeof OPERATIONS)[number]

export type Boundary = `before ${Operation}` | `after ${Operation}`

export const BOUNDARIES: ReadonlyArray<Boundary> = OPERATIONS.flatMap(
  (operation): ReadonlyArray<Boundary> => [`before ${operation}`, `after ${operation}`]
)

export const operationOf = (boundary: Boundary): Operation => {
  const operation = OPERATIONS.find((one) => boundary === `before ${one}` || boundary === `after ${one}`)
  if (operation === undefined) throw new Error(`no operation has the boundary ${boundary}`)
  return operation
}
