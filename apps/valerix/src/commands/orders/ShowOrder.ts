import { OrderView, TimelineEntryView } from "@valerix/checkout/contract"
import type { OrderId } from "@valerix/money-and-ids"
import { Clock, Console, Effect, Schema } from "effect"
import type { ClientFlags } from "../../client/ClientFlags.ts"
import { connect, layerAsking } from "../../client/ValerixClient.ts"
import { jsonLines } from "../../terminal/Json.ts"
import { terminalOf } from "../../terminal/Terminal.ts"
import { orderText } from "./OrderText.ts"

const writeOrder = jsonLines(Schema.Struct({ order: OrderView, timeline: Schema.Array(TimelineEntryView) }))

/** Shows an order, and everything that was tried and done. */
export const showOrder = Effect.fn("valerix orders show")(function* (
  flags: ClientFlags & { readonly order: OrderId; readonly json: boolean }
) {
  const { ask, orders } = yield* connect(flags)
  const params = { order_id: flags.order }
  const order = yield* ask(orders.getOrder({ params }))
  const { data: timeline } = yield* ask(orders.getOrderTimeline({ params }))
  if (flags.json) return yield* writeOrder([{ order, timeline }])
  const nowMs = yield* Clock.currentTimeMillis
  yield* Console.log(orderText(order, timeline, nowMs, terminalOf(process.stdout)).join("\n"))
}, Effect.provide(layerAsking))
