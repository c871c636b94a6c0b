import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, Effect, Layer, Option } from "effect"
import type { Execution } from "../domain/Execution.ts"
import { LedgerAudit } from "./ports/LedgerAudit.ts"
import { OrderLedger, type TimelineEntry } from "./ports/OrderLedger.ts"
import { SagaOperations, type SagaPage, type SagaSelection } from "./ports/SagaOperations.ts"

/** An execution with everything that was tried and done. */
export interface FoundSaga {
  readonly execution: Execution
  readonly timeline: ReadonlyArray<TimelineEntry>
}

/** Finds executions of one organization, or of all of them. */
export class FindSagas extends Context.Service<
  FindSagas,
  {
    /** An order of the given organization; of whichever has it, when none is given. */
    readonly one: (orderId: OrderId, of: OrganizationId | undefined) => Effect.Effect<Option.Option<FoundSaga>>
    readonly select: (organizationId: OrganizationId, selection: SagaSelection) => Effect.Effect<SagaPage>
    /** The next organizations with unfinished executions, at most 1,000. */
    readonly organizations: (after: OrganizationId | undefined) => Effect.Effect<ReadonlyArray<OrganizationId>>
  }
>()("@valerix/checkout/FindSagas") {
  static readonly layer = Layer.effect(
    FindSagas,
    Effect.gen(function* () {
      const operations = yield* SagaOperations
      const ledger = yield* OrderLedger
      const audit = yield* LedgerAudit

      /** Goes through all organizations, a page at a time. */
      const organizationOf = Effect.fnUntraced(function* (orderId: OrderId) {
        let after: OrganizationId | undefined
        while (true) {
          const page: ReadonlyArray<OrganizationId> = yield* audit.organizations(after)
          if (page.length === 0) return undefined
          const [found] = yield* operations.whose(orderId, page)
          if (found !== undefined) return found
          after = page.at(-1)
        }
      })

      const one: FindSagas["Service"]["one"] = Effect.fn("FindSagas.one")(function* (orderId, of) {
        const organizationId = of ?? (yield* organizationOf(orderId))
        if (organizationId === undefined) return Option.none<FoundSaga>()
        const execution = Option.getOrUndefined(yield* operations.find(organizationId, orderId))
        if (execution === undefined) return Option.none<FoundSaga>()
        return Option.some({ execution, timeline: yield* ledger.timeline(organizationId, orderId) })
      })

      return FindSagas.of({
        one,
        select: operations.select,
        organizations: (after) => operations.organizations(after, ORGANIZATIONS_MAX)
      })
    })
  )
}

const ORGANIZATIONS_MAX = 1_000
