import { OrderView, TimelineEntryView } from "@valerix/checkout/contract"
import { Clock, Console, Effect, Schema } from "effect"
import { Command } from "effect/cli"
import { clientFlags } from "../../client/ClientFlags.ts"
import { connect } from "../../client/ValerixClient.ts"
import { jsonFlag, jsonLines } from "../../terminal/Json.ts"
import { terminalOf } from "../../terminal/Terminal.ts"
import { orderArgument } from "./OrderFlags.ts"
import { orderText } from "./OrderText.ts"

const writeOrder = jsonLines(Schema.Struct({ order: OrderView, timeline: Schema.Array(TimelineEntryView) }))

export const showOrderCommand = Command.make(
  "show",
  {
    order: orderArgument,
    json: jsonFlag("one JSON document, {order, timeline}, each with the shape of the API"),
    ...clientFlags
  },
  Effect.fn("valerix orders show")(function* (flags) {
    const { ask, orders } = yield* connect(flags)
    const params = { order_id: flags.order }
    const order = yield* ask(orders.getOrder({ params }))
    const { data: timeline } = yield* ask(orders.getOrderTimeline({ params }))
    if (flags.json) return yield* writeOrder([{ order, timeline }])
    const nowMs = yield* Clock.currentTimeMillis
    yield* Console.log(orderText(order, timeline, nowMs, terminalOf(process.stdout)).join("\n"))
  })
).pipe(
  Command.withDescription("Show an order, its lines and money, and draw everything that was tried and done"),
  Command.withExamples([
    { command: "valerix orders show 01900000-0000-7000-8000-00000000000a", description: "One order" },
    {
      command: "valerix orders show 01900000-0000-7000-8000-00000000000a --json | jq -r .order.status",
      description: "Its status, for a program"
    }
  ])
)
