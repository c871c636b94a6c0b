import { FindSagas, sagaViewOf } from "@valerix/checkout"
import { SagaView } from "@valerix/checkout/contract"
import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Console, Effect, Option } from "effect"
import { jsonLines } from "../../terminal/Json.ts"
import { terminalOf } from "../../terminal/Terminal.ts"
import { type FilterOptions, filterOf, positionText, startOf } from "./SagaFlags.ts"
import { sagaTable } from "./SagaTable.ts"
import { eachOrganization, withSagas } from "./WithSagas.ts"

const PAGE_MAX = 500

const writeSagas = jsonLines(SagaView)

/** Lists orders that have not ended, of one organization or of all. */
export const listSagas = Effect.fn("valerix saga list")(function* (
  options: FilterOptions & {
    readonly organization: Option.Option<OrganizationId>
    readonly limit: number
    readonly after: Option.Option<string>
    readonly json: boolean
  }
) {
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
