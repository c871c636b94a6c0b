import { type Boundary, type Operation, operationOf } from "./program/Operations.ts"

const HIT_MAX = 6
/** Reached by the orders only that turn back. */
const UNCOMMON_HIT_MAX = 2
/** Reached only by a program that was started for it, or by few orders. */
const RARE_HIT_MAX = 1

/** At the how many-th time at most a boundary is struck: so many come within a second. */
export const hitMaxOf = (boundary: Boundary): number => {
  const operation = operationOf(boundary)
  return RARE.has(operation) ? RARE_HIT_MAX : COMMON.has(operation) ? HIT_MAX : UNCOMMON_HIT_MAX
}

/** What every order passes. */
const COMMON: ReadonlySet<Operation> = new Set<Operation>([
  "orders.create",
  "orders.confirm",
  "inventory.reserve",
  "payments.authorize",
  "payments.capture",
  "ledger.begin",
  "ledger.conclude AUTHORIZED",
  "saga.claim",
  "saga.record ORDER_CREATED",
  "saga.record INVENTORY_RESERVED",
  "saga.record PAYMENT_CAPTURED",
  "saga.record COMPLETED",
  "provider.authorize",
  "provider.capture"
])

const RARE: ReadonlySet<Operation> = new Set<Operation>([
  "saga.renew",
  "ledger.abandonUnlessConcluded",
  "ledger.requestCancel",
  "provider.lookup",
  "provider.refund"
])

/** Too seldom reached to wait for beside another program. */
export const isRare = (boundary: Boundary): boolean => RARE.has(operationOf(boundary))
