import type { OrganizationId, ProductId } from "@valerix/money-and-ids"
import { TenantTransactions } from "@valerix/tenancy"
import { Effect, Layer } from "effect"
import { type Recounted, StockRecount } from "../contract/StockRecount.ts"
import { correctionOf } from "../domain/CountedBalance.ts"
import { BalanceRepository } from "./ports/BalanceRepository.ts"

/**
 * Counts the balances of a product again while they are locked, and puts right what does not agree with its books; all
 * of them or none. It writes no event: whoever follows the events has been told every movement and reservation.
 */
export const layerStockRecount = Layer.effect(
  StockRecount,
  Effect.gen(function* () {
    const transactions = yield* TenantTransactions
    const balances = yield* BalanceRepository

    const recount = Effect.fnUntraced(function* (organizationId: OrganizationId, productId: ProductId) {
      const counted = yield* balances.lockAndCount(organizationId, productId)
      const wrong = counted.flatMap((balance) => {
        const correction = correctionOf(balance)
        return correction._tag === "Sound" ? [] : [{ balance, correction }]
      })
      const corrected: Array<string> = []
      for (const { balance, correction } of wrong) {
        if (correction._tag === "Unclear") return { _tag: "Unclear", why: correction.why } satisfies Recounted
        corrected.push(
          `${balance.onHand} on hand and ${balance.reserved} reserved made ${correction.onHand} and ${correction.reserved} at location ${balance.locationId}`
        )
      }
      yield* balances.correct(
        organizationId,
        wrong.flatMap(({ balance, correction }) =>
          correction._tag === "Correct"
            ? [{ ...balance, onHand: correction.onHand, reserved: correction.reserved }]
            : []
        )
      )
      const recounted: Recounted =
        corrected.length === 0 ? { _tag: "Sound" } : { _tag: "Corrected", what: corrected.join("; ") }
      return recounted
    })

    return Effect.fn("StockRecount")((organizationId: OrganizationId, productId: ProductId) =>
      transactions.run([organizationId])(recount(organizationId, productId))
    )
  })
)
