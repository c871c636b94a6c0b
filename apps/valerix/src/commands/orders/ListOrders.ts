import { OrderView } from "@valerix/checkout/contract"
import { OrderId } from "@valerix/money-and-ids"
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { clientFlags } from "../../client/ClientFlags.ts"
import { tellEnd, throughPages } from "../../client/Paging.ts"
import { connect } from "../../client/ValerixClient.ts"
import { JSON_LINES, jsonFlag, jsonLines } from "../../terminal/Json.ts"
import { limitFlag } from "../../terminal/Limit.ts"
import { terminalOf } from "../../terminal/Terminal.ts"
import { customerFlag } from "./OrderFlags.ts"
import { orderTable } from "./OrderTable.ts"

const LIMIT_DEFAULT = 20
const writeOrders = jsonLines(OrderView)

export const listOrdersCommand = Command.make(
  "list",
  {
    status: Flag.Literals("status", OrderView.fields.status.literals).pipe(
      Flag.withDescription("Only orders in this status"),
      Flag.optional
    ),
    customer: customerFlag("Only orders of this customer"),
    limit: limitFlag("orders", LIMIT_DEFAULT),
    after: Flag.String("after").pipe(
      Flag.withSchema(OrderId),
      Flag.withDescription("Only orders that were placed before this one: the last one of an earlier list"),
      Flag.optional
    ),
    json: jsonFlag(JSON_LINES),
    ...clientFlags
  },
  Effect.fn("valerix orders list")(function* (flags) {
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
  })
).pipe(
  Command.withDescription("List orders, the newest first"),
  Command.withExamples([
    { command: "valerix orders list", description: "The latest orders" },
    { command: "valerix orders list --status FAILED --limit 100", description: "What has failed lately" },
    {
      command: "valerix orders list --url https://shop.example --json | jq -r .id",
      description: "The ids of the latest orders of a Valerix elsewhere"
    }
  ])
)
