import type { OrganizationId } from "@valerix/money-and-ids"
import { Context, Effect, Layer } from "effect"
import { PaymentNotFound } from "../domain/PaymentErrors.ts"
import type { PaymentId } from "../domain/PaymentId.ts"
import { type PaymentFilter, PaymentQueries, type PaymentRecord } from "./ports/PaymentQueries.ts"

/** Reads payments of an organization. */
export class FindPayments extends Context.Service<
  FindPayments,
  {
    readonly one: (
      organizationId: OrganizationId,
      paymentId: PaymentId
    ) => Effect.Effect<PaymentRecord, PaymentNotFound>
    readonly page: (
      organizationId: OrganizationId,
      filter: PaymentFilter
    ) => Effect.Effect<ReadonlyArray<PaymentRecord>>
  }
>()("@valerix/payments/application/FindPayments") {
  static readonly layer = Layer.effect(
    FindPayments,
    Effect.map(PaymentQueries, (queries) =>
      FindPayments.of({
        one: Effect.fn("FindPayments.one")(function* (organizationId, paymentId) {
          const record = yield* queries.byId(organizationId, paymentId)
          return record ?? (yield* new PaymentNotFound({ reference: paymentId }))
        }),
        page: Effect.fn("FindPayments.page")(queries.page)
      })
    )
  )
}
