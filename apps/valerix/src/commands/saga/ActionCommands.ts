import type { SagaAction } from "@valerix/checkout"
import { Argument, Command, Flag } from "effect/cli"
import { jsonFlag } from "../../terminal/Json.ts"
import { reasonFlag } from "../Intervening.ts"
import { orderArgument } from "../orders/OrderFlags.ts"
import { whenRun } from "../WhenRun.ts"
import { afterFlag, filterFlags, organization } from "./SagaFlags.ts"

const seen = Flag.String("seen").pipe(
  Flag.withDescription("The version of the order that you have seen, as `valerix saga show` shows it"),
  Flag.optional
)
const dryRun = Flag.Boolean("dry-run").pipe(
  Flag.withDescription("Say what would be done, and change nothing"),
  Flag.withDefault(false)
)

/** A command that does one thing with one order, by its id, or with many, by a filter. */
const actionCommand = (action: SagaAction, description: string, example: string) =>
  Command.make(
    action,
    {
      order: Argument.optional(orderArgument),
      ...filterFlags,
      organization,
      reason: reasonFlag,
      seen,
      dryRun,
      after: afterFlag,
      json: jsonFlag("one JSON document per line, what became of each order")
    },
    whenRun(async () => (await import("./ActOnSagas.ts")).actOnSagas(action))
  ).pipe(
    Command.withDescription(description),
    Command.withExamples([
      {
        command: `valerix saga ${action} 01900000-0000-7000-8000-00000000000a --seen 7-INVENTORY_RESERVED-2-0 --reason "…"`,
        description: "One order, if it still is as it was seen"
      },
      { command: `valerix saga ${action} ${example} --reason "…" --dry-run`, description: "How many that would touch" },
      { command: `valerix saga ${action} ${example} --reason "…"`, description: "All that fit" }
    ])
  )

export const actionCommands = [
  actionCommand("retry", "Make orders due now that wait for their next attempt", '--step capture --text "no answer"'),
  actionCommand(
    "compensate",
    "Turn orders back now: money voided or refunded, stock released, sales order cancelled",
    "--step confirm --min-age 1d"
  ),
  actionCommand("park", "Stop orders where they stand, until they are resumed", "--step capture"),
  actionCommand("resume", "Let parked orders go on now, with all their attempts", '--parked --text "no answer"')
] as const
