import { OrderStatusName } from "@valerix/checkout/words"
import { OrderId } from "@valerix/money-and-ids"
import { Command, Flag } from "effect/cli"
import { clientFlags } from "../../client/ClientFlags.ts"
import { JSON_LINES, jsonFlag } from "../../terminal/Json.ts"
import { limitFlag } from "../../terminal/Limit.ts"
import { whenRun } from "../WhenRun.ts"
import { customerFlag } from "./OrderFlags.ts"

const LIMIT_DEFAULT = 20
export const listOrdersCommand = Command.make(
  "list",
  {
    status: Flag.Literals("status", OrderStatusName.literals).pipe(
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
  whenRun(async () => (await import("./ListOrders.ts")).listOrders)
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
