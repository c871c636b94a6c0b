import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, Effect, Layer } from "effect"
import { isLost } from "../domain/Standstill.ts"
import { ORDER_SAGA_VERSION } from "./OrderSagaVersion.ts"
import { LedgerAudit } from "./ports/LedgerAudit.ts"
import { OrderSagaStore } from "./ports/OrderSagaStore.ts"
import { Standstills, type Unclaimed } from "./ports/Standstills.ts"

/** Unfinished orders that are in no queue, among those that were looked at. */
export interface LostOrders {
  readonly orders: ReadonlyArray<{ readonly organizationId: OrganizationId; readonly orderId: OrderId }>
  readonly lookedAt: number
  /** The whole ledger was looked at. */
  readonly isAll: boolean
}

/** The most orders that one statement looks at. */
const PAGE_MAX = 1_000

/** Finds what the monitor finds, and changes nothing. */
export class FindStandstills extends Context.Service<
  FindStandstills,
  {
    /** How long an unfinished order may stand still. */
    readonly boundMs: number
    /** Executions that have been due for longer than that and that nobody claims, the longest first. */
    readonly unclaimed: (limit: number) => Effect.Effect<ReadonlyArray<Unclaimed>>
    /** Orders that nothing would move on, in a walk from the beginning of the ledger over so many orders. */
    readonly lost: (lookedAtMax: number) => Effect.Effect<LostOrders>
    /** The saga versions of unfinished orders that this program does not know: with them it would not start. */
    readonly unknownVersions: Effect.Effect<ReadonlyArray<number>>
  }
>()("@valerix/checkout/FindStandstills") {
  static readonly layer = ({ boundMs }: { readonly boundMs: number }) =>
    Layer.effect(
      FindStandstills,
      Effect.gen(function* () {
        const standstills = yield* Standstills
        const audit = yield* LedgerAudit
        const store = yield* OrderSagaStore

        const lost: FindStandstills["Service"]["lost"] = Effect.fn("FindStandstills.lost")(function* (lookedAtMax) {
          const orders: Array<LostOrders["orders"][number]> = []
          let lookedAt = 0
          let behind: OrganizationId | undefined
          while (true) {
            const ahead: ReadonlyArray<OrganizationId> = yield* audit.organizations(behind)
            if (ahead.length === 0) return { orders, lookedAt, isAll: true }
            for (const organizationId of ahead) {
              let after: string | undefined
              do {
                if (lookedAt >= lookedAtMax) return { orders, lookedAt, isAll: false }
                const limit = Math.min(PAGE_MAX, lookedAtMax - lookedAt)
                const page = yield* audit.unfinished(organizationId, after, limit)
                lookedAt += page.lookedAt
                after = page.next
                for (const order of page.orders) {
                  if (isLost(order, boundMs)) orders.push({ organizationId, orderId: order.orderId })
                }
              } while (after !== undefined)
            }
            behind = ahead.at(-1)
          }
        })

        return FindStandstills.of({
          boundMs,
          unclaimed: (limit) => standstills.unclaimed({ boundMs, limit }),
          lost,
          unknownVersions: Effect.map(store.unfinishedVersions, (versions) =>
            versions.filter((version) => version !== ORDER_SAGA_VERSION)
          )
        })
      })
    )
}
