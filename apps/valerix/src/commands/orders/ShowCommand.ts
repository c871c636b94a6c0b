import { Command } from "effect/cli"
import { clientFlags } from "../../client/ClientFlags.ts"
import { jsonFlag } from "../../terminal/Json.ts"
import { whenRun } from "../WhenRun.ts"
import { orderArgument } from "./OrderFlags.ts"

export const showOrderCommand = Command.make(
  "show",
  {
    order: orderArgument,
    json: jsonFlag("one JSON document, {order, timeline}, each with the shape of the API"),
    ...clientFlags
  },
  whenRun(async () => (await import("./ShowOrder.ts")).showOrder)
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
