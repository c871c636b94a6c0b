import { OrderView } from "@valerix/checkout/contract"
import type { CustomerId, OrderId } from "@valerix/money-and-ids"
import { Console, Effect, Option } from "effect"
import type { ClientFlags } from "../../client/ClientFlags.ts"
import { tellEnd, throughPages } from "../../client/Paging.ts"
import { connect, layerAsking } from "../../client/ValerixClient.ts"
import { jsonLines } from "../../terminal/Json.ts"
import { terminalOf } from "../../terminal/Terminal.ts"
import { orderTable } from "./OrderTable.ts"

const writeOrders = jsonLines(OrderView)

/** Lists orders, the newest first, page by page. */
export const listOrders = Effect.fn("valerix orders list")(function* (
  flags: ClientFlags & {
    readonly status: Option.Option<OrderView["status"]>
    readonly customer: Option.Option<CustomerId>
    readonly limit: number
    readonly after: Option.Option<OrderId>
    readonly json: boolean
  }
) {
  const { ask, orders } = yield* connect(flags)
  const table = orderTable(terminalOf(process.stdout))
  const status = Option.getOrUndefined(flags.status)
  const customer = Option.getOrUndefined(flags.customer)
  const filter = {
    ...(status === undefined ? {} : { status }),
    ...(customer === undefined ? {} : { customer_id: customer })
  }
  const end = yield* throughPages(
    flags.limit,
    (last: OrderView | undefined, limit) => {
      const after = last?.id ?? Option.getOrUndefined(flags.after)
      return ask(
        orders.listOrders({ query: { ...filter, limit, ...(after === undefined ? {} : { cursor: [after] }) } })
      )
    },
    (page) => (flags.json ? writeOrders(page) : Console.log(table.lines(page).join("\n")))
  )
  yield* tellEnd(end, { command: "valerix orders list", idOf: ({ id }) => id, nothing: "No order fits." })
}, Effect.provide(layerAsking))
