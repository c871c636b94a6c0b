import { FindSagas, sagaViewOf } from "@valerix/checkout"
import { SagaView } from "@valerix/checkout/contract"
import type { OrderId } from "@valerix/money-and-ids"
import { Console, Effect, Option } from "effect"
import { Command } from "effect/cli"
import { JSON_LINES, jsonFlag, jsonLines } from "../../terminal/Json.ts"
import { limitFlag } from "../../terminal/Limit.ts"
import { terminalOf } from "../../terminal/Terminal.ts"
import { afterFlag, filterFlags, filterOf, organization, positionText, startOf } from "./SagaFlags.ts"
import { sagaTable } from "./SagaTable.ts"
import { eachOrganization, withSagas } from "./WithSagas.ts"

const LIMIT_DEFAULT = 100
const PAGE_MAX = 500

const writeSagas = jsonLines(SagaView)

export const listCommand = Command.make(
  "list",
  {
    ...filterFlags,
    organization,
    limit: limitFlag("orders", LIMIT_DEFAULT),
    after: afterFlag,
    json: jsonFlag(JSON_LINES)
  },
  Effect.fn("valerix saga list")(function* (options) {
    const filter = filterOf(options) ?? {}
    const only = Option.getOrUndefined(options.organization)
    const start = startOf(options.after)
    const table = sagaTable(terminalOf(process.stdout))
    yield* withSagas(
      Effect.gen(function* () {
        const find = yield* FindSagas
        let listed = 0
        yield* eachOrganization(
          only,
          start?.organizationId,
          Effect.fnUntraced(function* (organizationId) {
            let after: OrderId | undefined = organizationId === start?.organizationId ? start.orderId : undefined
            do {
              const size = Math.min(PAGE_MAX, options.limit - listed)
              const page = yield* find.select(organizationId, { filter, action: undefined, after, limit: size })
              if (page.executions.length > 0) {
                yield* options.json
                  ? writeSagas(page.executions.map(sagaViewOf))
                  : Console.log(table.lines(page.executions).join("\n"))
              }
              listed += page.executions.length
              const last = page.executions.at(-1)
              if (listed >= options.limit && last !== undefined) {
                yield* Console.error(`There may be more: valerix saga list … --after ${positionText(last)}`)
                return false
              }
              after = page.next
            } while (after !== undefined)
            return true
          })
        )
        if (listed === 0) yield* Console.error("No unfinished order fits.")
      })
    )
  })
).pipe(
  Command.withDescription("List orders that have not ended, with where they stand and why"),
  Command.withExamples([
    { command: "valerix saga list --parked", description: "What waits for an operator, and why" },
    { command: "valerix saga list --step capture --min-still 5m", description: "What is stuck before its capture" },
    { command: "valerix saga list --parked --json | jq -r .order_id", description: "The same for a program" }
  ])
)
