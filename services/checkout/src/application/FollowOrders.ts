import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { SagaKey } from "@valerix/saga"
import { Clock, Context, Deferred, Effect, Layer } from "effect"
import { isAtRest } from "../domain/LedgerStatus.ts"
import { type LedgerEntry, OrderLedger } from "./ports/OrderLedger.ts"

export interface FollowOptions {
  /** How often the ledger is looked at: one query for all orders that are followed. */
  readonly intervalMs: number
  /** How often it is asked why orders take so long that have been followed for at least as long. */
  readonly lookCloserMs: number
  /** How long an order is followed; what moves after that moves unseen. */
  readonly limitMs: number
}

/** How an order ended. */
export type OrderEnd =
  | { readonly _tag: "Executed" }
  | { readonly _tag: "Failed"; readonly code: string; readonly message: string }
  /** It is parked, or was followed for long enough. */
  | { readonly _tag: "Unfinished"; readonly message: string }

interface Followed extends SagaKey {
  readonly sinceMs: number
  readonly ended: Deferred.Deferred<OrderEnd>
}

/** Waits for orders to end, thousands at a time, and says how. */
export class FollowOrders extends Context.Service<
  FollowOrders,
  (organizationId: OrganizationId, orderId: OrderId) => Effect.Effect<OrderEnd>
>()("@valerix/checkout/FollowOrders") {
  static readonly layer = (options: FollowOptions) =>
    Layer.effect(
      FollowOrders,
      Effect.gen(function* () {
        const ledger = yield* OrderLedger
        const followed = new Set<Followed>()
        let lookedCloserMs = yield* Clock.currentTimeMillis

        const end = (one: Followed, how: OrderEnd) => {
          followed.delete(one)
          Deferred.doneUnsafe(one.ended, Effect.succeed(how))
        }

        /** Reads some of them whole; what is not there any more, nobody can wait for. */
        const read = Effect.fnUntraced(function* (
          some: ReadonlyArray<Followed>,
          endOf: (entry: LedgerEntry, one: Followed) => OrderEnd | undefined
        ) {
          for (let from = 0; from < some.length; from += READ_MAX) {
            const chunk = some.slice(from, from + READ_MAX)
            const entries = yield* ledger.load(chunk)
            chunk.forEach((one, index) => {
              const entry = entries[index]
              const how = entry === undefined ? GONE : endOf(entry, one)
              if (how !== undefined) end(one, how)
            })
          }
        })

        const look = Effect.gen(function* () {
          const all = [...followed]
          if (all.length === 0) return
          const statuses = yield* ledger.statuses(all)
          const failed: Array<Followed> = []
          for (const one of all) {
            const status = statuses.get(one.sagaId)
            if (status === "COMPLETED") end(one, EXECUTED)
            else if (status === undefined || isAtRest(status)) failed.push(one)
          }
          yield* read(failed, failureOf)
          const nowMs = yield* Clock.currentTimeMillis
          if (nowMs - lookedCloserMs < options.lookCloserMs) return
          lookedCloserMs = nowMs
          const slow = [...followed].filter(({ sinceMs }) => nowMs - sinceMs >= options.lookCloserMs)
          yield* read(slow, (entry, { sinceMs }) => {
            if (entry.parkReason !== undefined) return { _tag: "Unfinished", message: `parked: ${entry.parkReason}` }
            return nowMs - sinceMs < options.limitMs
              ? undefined
              : { _tag: "Unfinished", message: `still ${entry.status} after ${options.limitMs / 1000} s` }
          })
        })
        yield* look.pipe(
          Effect.catchCause((cause) => Effect.logDebug("Followed orders could not be looked at", cause)),
          Effect.andThen(Effect.sleep(options.intervalMs)),
          Effect.forever,
          Effect.forkScoped
        )

        return Effect.fnUntraced(function* (organizationId: OrganizationId, orderId: OrderId) {
          const sinceMs = yield* Clock.currentTimeMillis
          const one: Followed = { organizationId, sagaId: orderId, sinceMs, ended: Deferred.makeUnsafe<OrderEnd>() }
          followed.add(one)
          return yield* Effect.onInterrupt(Deferred.await(one.ended), () => Effect.sync(() => followed.delete(one)))
        })
      })
    )
}

/** How many orders are read whole at a time: their lines come with them. */
const READ_MAX = 100

const EXECUTED: OrderEnd = { _tag: "Executed" }
const GONE: OrderEnd = { _tag: "Unfinished", message: "it is not in the ledger any more" }

const failureOf = ({ failure, status }: LedgerEntry): OrderEnd =>
  status === "COMPLETED"
    ? EXECUTED
    : { _tag: "Failed", code: failure?.code ?? "unknown", message: failure?.message ?? `it ended as ${status}` }
