import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { Tenant } from "@valerix/tenancy"
import { Clock, Context, Deferred, Effect, FiberSet, Layer, Queue, Semaphore } from "effect"
import type { OrderRequest } from "../domain/OrderRequest.ts"
import type { OrderNotPriceable } from "../domain/PricedOrder.ts"
import { Catalogue } from "./Catalogue.ts"
import { FollowOrders, type OrderEnd } from "./FollowOrders.ts"
import { PlaceOrder } from "./PlaceOrder.ts"

export interface ReplayOptions {
  /** The most order lines that are under way at a time: enough to fill batches, few enough to hold in memory. */
  readonly linesInFlightMax: number
  /** How often an order is sent again that was neither accepted nor refused, and for how long. */
  readonly sendAgainMs: number
  readonly giveUpMs: number
}

export interface OrderToReplay {
  readonly idempotencyKey: string
  readonly request: OrderRequest
}

/** What came of an order. */
export type Replayed =
  /** It is an order; `isNew`: it was not one before. */
  | (OrderEnd & { readonly orderId: OrderId; readonly isNew: boolean })
  /** It never became one, and will not as it is; `field` where that is to blame. */
  | {
      readonly _tag: "Refused"
      readonly code: string
      readonly field: string | undefined
      readonly message: string
    }
  /** It is not one yet, and may become one when it is sent again. */
  | { readonly _tag: "NotPlaced"; readonly message: string }

/** Where a replay takes items from, and tells what came of them. */
export interface Replay<Item, E, E2> {
  /** The next item; none: that was the last. */
  readonly next: Effect.Effect<Item | undefined, E>
  /** The order that an item is; none: it is only told of in its turn. */
  readonly orderOf: (item: Item) => OrderToReplay | undefined
  /** Is told of every item once, in their order, with what came of the order that it was. */
  readonly ended: (item: Item, replayed: Replayed | undefined) => Effect.Effect<void, E2>
}

/**
 * Places a long row of orders through PlaceOrder, in their order and many at a time so that they are written together,
 * follows each until it has ended, and tells what came of them in their order. Memory is bounded by what is under way.
 */
export class ReplayOrders extends Context.Service<
  ReplayOrders,
  <Item, E, E2>(tenant: Tenant, replay: Replay<Item, E, E2>) => Effect.Effect<void, E | E2>
>()("@valerix/checkout/ReplayOrders") {
  static readonly layer = (options: ReplayOptions) =>
    Layer.effect(
      ReplayOrders,
      Effect.gen(function* () {
        const tools: Tools = {
          options,
          placeOrder: yield* PlaceOrder,
          catalogue: yield* Catalogue,
          follow: yield* FollowOrders
        }
        return <Item, E, E2>(tenant: Tenant, replay: Replay<Item, E, E2>) =>
          Effect.scoped(replayAll(tools, tenant, replay))
      })
    )
}

interface Tools {
  readonly options: ReplayOptions
  readonly placeOrder: PlaceOrder["Service"]
  readonly catalogue: Catalogue["Service"]
  readonly follow: FollowOrders["Service"]
}

interface UnderWay<Item> {
  readonly item: Item
  readonly weight: number
  readonly replayed: Deferred.Deferred<Replayed> | undefined
}

const replayAll = Effect.fnUntraced(function* <Item, E, E2>(tools: Tools, tenant: Tenant, replay: Replay<Item, E, E2>) {
  const { linesInFlightMax } = tools.options
  const room = yield* Semaphore.make(linesInFlightMax)
  const underWay = yield* Queue.unbounded<UnderWay<Item> | undefined>()
  const fork = yield* FiberSet.makeRuntime()

  const feed = Effect.gen(function* () {
    for (;;) {
      const item = yield* replay.next
      if (item === undefined) return yield* Queue.offer(underWay, undefined)
      const order = replay.orderOf(item)
      const weight = Math.min(linesInFlightMax, Math.max(1, order?.request.items.length ?? 1))
      yield* room.take(weight)
      const replayed = order === undefined ? undefined : Deferred.makeUnsafe<Replayed>()
      if (order !== undefined && replayed !== undefined) {
        yield* meetProducts(tools, tenant, order.request)
        fork(Deferred.into(placeAndFollow(tools, tenant, order), replayed))
      }
      yield* Queue.offer(underWay, { item, weight, replayed })
    }
  })

  const tell = Effect.gen(function* () {
    for (;;) {
      const next = yield* Queue.take(underWay)
      if (next === undefined) return
      const { item, replayed, weight } = next
      yield* replay.ended(item, replayed === undefined ? undefined : yield* Deferred.await(replayed))
      yield* room.release(weight)
    }
  })

  yield* Effect.all([feed, tell], { concurrency: 2, discard: true })
})

/**
 * Products that are known are priced without waiting. So an order that has met its products reaches the buffer before the
 * ones after it, and the ledger has the orders in the order of the row.
 */
const meetProducts = ({ catalogue }: Tools, { organizationId }: Tenant, { items }: OrderRequest): Effect.Effect<void> =>
  catalogue
    .lookUp(
      organizationId,
      items.map(({ product }) => product)
    )
    .pipe(Effect.ignoreCause)

const placeAndFollow = Effect.fnUntraced(function* (
  { follow, options, placeOrder }: Tools,
  tenant: Tenant,
  { idempotencyKey, request }: OrderToReplay
): Effect.fn.Return<Replayed> {
  const endOf = (organizationId: OrganizationId, orderId: OrderId, isNew: boolean) =>
    Effect.map(follow(organizationId, orderId), (end): Replayed => ({ ...end, orderId, isNew }))
  const begunMs = yield* Clock.currentTimeMillis
  for (;;) {
    const placed = yield* placeOrder(tenant, idempotencyKey, request).pipe(
      Effect.catchTag("Overloaded", () => Effect.succeed(MANY_WAIT)),
      Effect.catchTag("OrderNotPriceable", Effect.succeed),
      Effect.catchDefect((defect) =>
        Effect.as(Effect.logDebug("An order could not be placed and is sent again", defect), FAILED_UNEXPECTEDLY)
      )
    )
    switch (placed._tag) {
      case "Accepted":
        return yield* endOf(tenant.organizationId, placed.entry.orderId, true)
      case "Replayed":
        return yield* endOf(tenant.organizationId, placed.orderId, false)
      case "Declined": {
        const { code, message } = placed.failure
        return { _tag: "Failed", code, message, orderId: placed.orderId, isNew: true }
      }
      case "OrderNotPriceable":
        return refusedFor(placed)
      case "KeyReused":
        return {
          _tag: "Refused",
          code: "key_used_before",
          field: undefined,
          message: "its key was used before, for an order that is not the same"
        }
      case "Refused":
        return { _tag: "Refused", code: "data_refused", field: undefined, message: placed.reason }
      default: {
        const message = placed._tag === "InProgress" ? "somebody else is placing it" : placed.reason
        if ((yield* Clock.currentTimeMillis) - begunMs > options.giveUpMs) return { _tag: "NotPlaced", message }
        yield* Effect.sleep(options.sendAgainMs)
      }
    }
  }
})

const MANY_WAIT = { _tag: "Unavailable", reason: "too many orders wait to be accepted" } as const
const FAILED_UNEXPECTEDLY = { _tag: "Unavailable", reason: "placing it failed unexpectedly" } as const

/** What is said of an order that cannot be priced. */
export const refusedFor = ({ problems }: OrderNotPriceable): Extract<Replayed, { readonly _tag: "Refused" }> => ({
  _tag: "Refused",
  code: problems[0]?.code ?? "not_acceptable",
  field: problems[0]?.field,
  message: problems.map(({ field, message }) => `${field}: ${message}`).join("; ")
})
