import { FindSagas } from "@valerix/checkout"
import type { OrderId } from "@valerix/money-and-ids"
import { Console, Effect, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { afterFlag, filterFlags, filterOf, organization, positionText, startOf } from "./SagaFlags.ts"
import { sagaTableHead, sagaTableLine } from "./SagaTable.ts"
import { terminalOf } from "./Terminal.ts"
import { eachOrganization, withSagas } from "./WithSagas.ts"

const LIMIT_DEFAULT = 100
const LIMIT_MAX = 10_000
const PAGE_MAX = 500

const limit = Flag.Int("limit").pipe(
  Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: LIMIT_MAX }))),
  Flag.withDescription(`How many orders at most, ${LIMIT_DEFAULT} by default`),
  Flag.withDefault(LIMIT_DEFAULT)
)

export const listCommand = Command.make(
  "list",
  { ...filterFlags, organization, limit, after: afterFlag },
  Effect.fn("valerix saga list")(function* (options) {
    const filter = filterOf(options) ?? {}
    const only = Option.getOrUndefined(options.organization)
    const start = startOf(options.after)
    const terminal = terminalOf(process.stdout)
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
              if (listed === 0 && page.executions.length > 0) yield* Console.log(sagaTableHead)
              for (const execution of page.executions) yield* Console.log(sagaTableLine(execution, terminal))
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
    { command: "valerix saga list --step capture --min-still 5m", description: "What is stuck before its capture" }
  ])
)
