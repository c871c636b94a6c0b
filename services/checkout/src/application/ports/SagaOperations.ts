import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect, type Option } from "effect"
import type { Execution, ExecutionStep, UnfinishedStatus } from "../../domain/Execution.ts"
import type { Intervention, SagaAction } from "../../domain/Intervention.ts"

/** Which executions are meant: those of which everything that is given is true. */
export interface SagaFilter {
  readonly status?: UnfinishedStatus | undefined
  readonly step?: ExecutionStep | undefined
  /** Only parked ones, or only those that are not. */
  readonly isParked?: boolean | undefined
  readonly minAgeMs?: number | undefined
  /** How long ago anything was recorded of it, at least. */
  readonly minStoodStillMs?: number | undefined
  /** Found in the reason of parking, the failure or the latest problem, whatever the case of its letters. */
  readonly text?: string | undefined
}

export interface SagaSelection {
  readonly filter: SagaFilter
  /** Only those that an action applies to. */
  readonly action: SagaAction | undefined
  readonly after: OrderId | undefined
  readonly limit: number
}

/** A page may be short, or empty, and have a next one: a selection looks at so many executions at once, and no more. */
export interface SagaPage {
  readonly executions: ReadonlyArray<Execution>
  /** The order after which the next page begins; none: this was the last. */
  readonly next: OrderId | undefined
}

/** An execution as somebody saw it. */
export interface SeenSaga {
  readonly orderId: OrderId
  readonly version: string
}

export type InterventionResult =
  | { readonly _tag: "Applied"; readonly execution: Execution }
  /** It has moved since it was seen: nothing was changed. */
  | { readonly _tag: "Moved"; readonly execution: Execution }
  /** The action does not apply to it as it stands: nothing was changed. */
  | { readonly _tag: "Refused"; readonly execution: Execution; readonly why: string }
  | { readonly _tag: "Unknown" }

/** The executions of orders as operators see them and take them in hand. Implementations answer to one contract suite. */
export class SagaOperations extends Context.Service<
  SagaOperations,
  {
    readonly find: (organizationId: OrganizationId, orderId: OrderId) => Effect.Effect<Option.Option<Execution>>
    /** Which of these organizations have an order of this id. */
    readonly whose: (
      orderId: OrderId,
      among: ReadonlyArray<OrganizationId>
    ) => Effect.Effect<ReadonlyArray<OrganizationId>>
    /** Executions that have not ended, the oldest order first. */
    readonly select: (organizationId: OrganizationId, selection: SagaSelection) => Effect.Effect<SagaPage>
    /**
     * Intervenes in executions that are still as they were seen, all in one transaction with their timeline; gives one
     * result per execution. Each gets the next epoch, so that a worker which holds its lease can record nothing any more.
     */
    readonly intervene: (
      organizationId: OrganizationId,
      seen: ReadonlyArray<SeenSaga>,
      intervention: Intervention
    ) => Effect.Effect<ReadonlyArray<InterventionResult>>
    /** The organizations with unfinished executions, in order, after the given one; at most so many. */
    readonly organizations: (
      after: OrganizationId | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<OrganizationId>>
  }
>()("@valerix/checkout/SagaOperations") {}
