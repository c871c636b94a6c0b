import type { OrderId } from "@valerix/money-and-ids"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect, Option } from "effect"
import type { OrderLedger } from "../../application/ports/OrderLedger.ts"
import { OrderNotFound } from "../../contract/OrderProblems.ts"

/** An order of the organization that asks. */
export const findEntry = Effect.fnUntraced(function* (ledger: OrderLedger["Service"], orderId: OrderId) {
  const { organizationId } = yield* CurrentTenant
  const found = yield* ledger.find(organizationId, orderId)
  return yield* Option.match(found, {
    onNone: () => Effect.fail(new OrderNotFound({})),
    onSome: Effect.succeed
  })
})
