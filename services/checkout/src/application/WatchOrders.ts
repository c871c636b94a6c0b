import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, Deferred, Effect, Layer, type Option } from "effect"
import { isAtRest } from "../domain/LedgerStatus.ts"
import { type LedgerEntry, OrderLedger } from "./ports/OrderLedger.ts"

export interface WatchOrdersOptions {
  /** How often the ledger is looked at while somebody waits: one query for all who wait. */
  readonly intervalMs: number
  readonly watchedMax: number
}

interface Watched {
  readonly organizationId: OrganizationId
  readonly sagaId: OrderId
  readonly ended: Deferred.Deferred<void>
}

/** Waits for orders to come to rest. */
export class WatchOrders extends Context.Service<
  WatchOrders,
  {
    /** The order once it is completed or failed, or as it is when the time is over; none if there is no such order. */
    readonly wait: (
      organizationId: OrganizationId,
      orderId: OrderId,
      limitMs: number
    ) => Effect.Effect<Option.Option<LedgerEntry>>
  }
>()("@valerix/checkout/WatchOrders") {
  static readonly layer = (options: WatchOrdersOptions) =>
    Layer.effect(
      WatchOrders,
      Effect.gen(function* () {
        const ledger = yield* OrderLedger
        const watched = new Set<Watched>()

        const lookOnce = Effect.gen(function* () {
          const all = [...watched]
          if (all.length === 0) return
          const statuses = yield* ledger.statuses(all)
          for (const one of all) {
            const status = statuses.get(one.sagaId)
            if (status === undefined || isAtRest(status)) Deferred.doneUnsafe(one.ended, Effect.void)
          }
        })
        yield* lookOnce.pipe(
          Effect.catchCause((cause) => Effect.logDebug("Watched orders could not be looked at", cause)),
          Effect.andThen(Effect.sleep(options.intervalMs)),
          Effect.forever,
          Effect.forkScoped
        )

        const ended = (organizationId: OrganizationId, orderId: OrderId) =>
          Effect.acquireUseRelease(
            Effect.sync(() => {
              const one: Watched = { organizationId, sagaId: orderId, ended: Deferred.makeUnsafe<void>() }
              watched.add(one)
              return one
            }),
            (one) => Deferred.await(one.ended),
            (one) => Effect.sync(() => watched.delete(one))
          )

        const wait = Effect.fnUntraced(function* (organizationId: OrganizationId, orderId: OrderId, limitMs: number) {
          if (watched.size < options.watchedMax) {
            yield* Effect.timeoutOrElse(ended(organizationId, orderId), {
              duration: limitMs,
              orElse: () => Effect.void
            })
          }
          return yield* ledger.find(organizationId, orderId)
        })

        return WatchOrders.of({ wait })
      })
    )
}
