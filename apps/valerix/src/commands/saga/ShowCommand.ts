import { Command } from "effect/cli"
import { JSON_DOCUMENT, jsonFlag } from "../../terminal/Json.ts"
import { orderArgument } from "../orders/OrderFlags.ts"
import { whenRun } from "../WhenRun.ts"
import { organization } from "./SagaFlags.ts"

export const showCommand = Command.make(
  "show",
  { order: orderArgument, organization, json: jsonFlag(JSON_DOCUMENT) },
  whenRun(async () => (await import("./ShowSaga.ts")).showSaga)
).pipe(
  Command.withDescription("Show where an order stands, and draw everything that was tried and done"),
  Command.withExamples([
    {
      command: "valerix saga show 01900000-0000-7000-8000-00000000000a",
      description: "Also of an order that has ended"
    }
  ])
)
