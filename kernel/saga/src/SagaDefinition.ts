import type { DomainEvent } from "@valerix/messaging"
import type { Effect } from "effect"
import type { Outcome } from "./Outcome.ts"
import type { Fenced } from "./SagaFences.ts"

/** One saga in a vector: what a participant needs to recognize it, and the data that its commands are made of. */
export interface SagaItem<Data> extends Fenced {
  readonly correlationId: string | undefined
  readonly data: Data
}

/** Asks one thing of a participant for every saga of a vector, and gives one outcome per saga, in their order. */
export type VectorCommand<Data> = (items: ReadonlyArray<SagaItem<Data>>) => Effect.Effect<ReadonlyArray<Outcome>>

interface Step<Data> {
  readonly name: string
  /** The saga's status once the command is done. */
  readonly statusAfter: string
  readonly command: VectorCommand<Data>
}

/** A step that changes something before it is certain that the saga succeeds: it names what takes the change back. */
export interface CompensatableStep<Data> extends Step<Data> {
  readonly undo: { readonly name: string; readonly command: VectorCommand<Data> }
}

/** A step after the pivot. It goes forward until it is done, so the compensatable steps' undos cover it. */
export interface RetriableStep<Data> extends Step<Data> {
  readonly undo?: never
}

/** Why a saga was turned back. */
export interface SagaFailure {
  readonly step: string
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, string | number>>
}

/** The failure of a saga that turned back because someone asked for it. */
export const cancelledOnRequest = (step: string): SagaFailure => ({
  step,
  code: "cancelled_on_request",
  message: "Cancelling was asked for."
})

/**
 * A saga: steps that are done in order, each by a vector command, and undone in reverse if one fails before the pivot.
 * A compensatable step or a pivot without undo does not compile.
 */
export interface SagaDefinition<Data> {
  readonly name: string
  /** A saga keeps the version that it began with; change it whenever the order or the meaning of the steps changes. */
  readonly version: number
  readonly compensatable: ReadonlyArray<CompensatableStep<Data>>
  /** The point of no return: once it is done, the saga goes forward. */
  readonly pivot: CompensatableStep<Data>
  readonly retriable: ReadonlyArray<RetriableStep<Data>>
  readonly statuses: SagaStatuses
  /** What is told to the world, in the same transaction, when a saga has ended. */
  readonly eventsOnEnd: (item: SagaItem<Data>, end: SagaEnd) => ReadonlyArray<DomainEvent>
}

export interface SagaStatuses {
  /** Before the first step. The status after the last step is `completed`. */
  readonly ready: string
  readonly compensating: string
  readonly completed: string
  readonly failed: string
}

export type SagaEnd =
  | { readonly _tag: "Completed" }
  | { readonly _tag: "Failed"; readonly failure: SagaFailure | undefined }

/** The steps in the order in which they are done. */
export const stepsOf = <Data>(
  definition: SagaDefinition<Data>
): ReadonlyArray<CompensatableStep<Data> | RetriableStep<Data>> => [
  ...definition.compensatable,
  definition.pivot,
  ...definition.retriable
]

/** The undos in the order in which they are started: the pivot's first. */
export const undosOf = <Data>(definition: SagaDefinition<Data>): ReadonlyArray<CompensatableStep<Data>["undo"]> =>
  [...definition.compensatable, definition.pivot].map((step) => step.undo).reverse()
