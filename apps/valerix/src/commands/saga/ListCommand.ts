import { Command } from "effect/cli"
import { JSON_LINES, jsonFlag } from "../../terminal/Json.ts"
import { limitFlag } from "../../terminal/Limit.ts"
import { whenRun } from "../WhenRun.ts"
import { afterFlag, filterFlags, organization } from "./SagaFlags.ts"

const LIMIT_DEFAULT = 100
export const listCommand = Command.make(
  "list",
  {
    ...filterFlags,
    organization,
    limit: limitFlag("orders", LIMIT_DEFAULT),
    after: afterFlag,
    json: jsonFlag(JSON_LINES)
  },
  whenRun(async () => (await import("./ListSagas.ts")).listSagas)
).pipe(
  Command.withDescription("List orders that have not ended, with where they stand and why"),
  Command.withExamples([
    { command: "valerix saga list --parked", description: "What waits for an operator, and why" },
    { command: "valerix saga list --step capture --min-still 5m", description: "What is stuck before its capture" },
    { command: "valerix saga list --parked --json | jq -r .order_id", description: "The same for a program" }
  ])
)
