import type { OrderId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { type Authorization, type Begun, type NewEntry, OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { newEntry } from "./Samples.ts"

export const LEASE_MS = 60_000

export const begin = (...entries: ReadonlyArray<NewEntry>): Effect.Effect<ReadonlyArray<Begun>, never, OrderLedger> =>
  Effect.flatMap(OrderLedger, (ledger) => ledger.begin(entries, LEASE_MS))

/** Begins an entry and gives its authorization; dies if the ledger answers otherwise. */
export const begun = Effect.fnUntraced(function* (entry: NewEntry = newEntry()) {
  const [result] = yield* begin(entry)
  if (result?._tag !== "Begun") return yield* Effect.die(new Error(`not begun: ${result?._tag}`))
  return { entry, authorization: result.authorization, orderId: result.authorization.orderId }
})

export const authorized = (authorization: Authorization) => ({
  ...authorization,
  _tag: "Authorized" as const,
  authorizationId: `auth-${authorization.orderId}-${authorization.generation}`,
  expiresAt: new Date("2100-01-01T00:00:00Z"),
  durationMs: 12.4
})

export const declined = (authorization: Authorization) => ({
  ...authorization,
  _tag: "Declined" as const,
  failure: {
    step: "authorize",
    code: "payment_declined",
    message: "Not enough money.",
    details: { decline_code: "insufficient_funds" }
  },
  durationMs: 12
})

export const abandoned = (authorization: Authorization) => ({
  ...authorization,
  _tag: "Abandoned" as const,
  reason: "no answer",
  durationMs: 2_000
})

/** An order that was accepted: AUTHORIZED, and in the saga queue. */
export const accepted = Effect.fnUntraced(function* (entry: NewEntry = newEntry()) {
  const ledger = yield* OrderLedger
  const one = yield* begun(entry)
  const [isOurs] = yield* ledger.conclude([authorized(one.authorization)])
  if (isOurs !== true) return yield* Effect.die(new Error("the authorization was not ours"))
  return { ...one, organizationId: entry.tenant.organizationId }
})

export const keyOf = (order: { readonly entry: NewEntry; readonly orderId: OrderId }) => ({
  organizationId: order.entry.tenant.organizationId,
  sagaId: order.orderId
})
