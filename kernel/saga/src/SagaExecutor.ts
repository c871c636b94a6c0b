import type { DomainEvent } from "@valerix/messaging"
import { Effect, Result } from "effect"
import { attemptOf } from "./AttemptOf.ts"
import { callVector } from "./CallVector.ts"
import { decideStep, decideUndo, type StepPosition } from "./Decision.ts"
import { loadSagas } from "./LoadSagas.ts"
import { monotonicMs } from "./MonotonicMs.ts"
import { unavailable } from "./Outcome.ts"
import type { RetrySchedule } from "./RetrySchedule.ts"
import { keyOf, type Running, SagaBatch } from "./SagaBatch.ts"
import {
  cancelledOnRequest,
  type SagaDefinition,
  type SagaEnd,
  type SagaItem,
  stepsOf,
  undosOf,
  type VectorCommand
} from "./SagaDefinition.ts"
import type { ClaimedSaga, Recorded, SagaKey, SagaStore, Transition } from "./SagaStore.ts"
import { afterwards, aged, park, transition, waitUnchanged } from "./Transitions.ts"
import { UndoPass } from "./UndoPass.ts"

export interface SagaExecutorOptions<Data> {
  readonly definition: SagaDefinition<Data>
  readonly store: SagaStore
  /** Reads what the commands are made of; one result per saga, none where there is nothing. */
  readonly load: (sagas: ReadonlyArray<SagaKey>) => Effect.Effect<ReadonlyArray<Data | undefined>>
  readonly retry: RetrySchedule
  /** A vector that has not answered by then is Unavailable for all of its sagas. */
  readonly commandLimitMs: number
  readonly leaseMs: number
}

interface Step<Data> extends StepPosition {
  readonly statusBefore: string
  readonly command: VectorCommand<Data>
}

/** What executing goes by. */
interface Execution<Data> extends SagaExecutorOptions<Data> {
  readonly steps: ReadonlyArray<Step<Data>>
  readonly undos: ReturnType<typeof undosOf<Data>>
  /** The statuses that a saga can go on from. */
  readonly knownStatuses: ReadonlySet<string>
  /** Those of them in which it can neither end nor turn back. */
  readonly boundStatuses: ReadonlySet<string>
}

/**
 * Runs claimed sagas as far as they go: each step for all sagas that stand before it, with one command to its
 * participant and one fenced write, then the undos of those that turned back. A saga that has to wait, fails or was lost
 * to another worker leaves the batch; its neighbours go on. Whatever the participants do, it goes on; when the store
 * cannot be reached it dies, and the sagas are found again when their leases have run out.
 */
export const makeSagaExecutor = <Data>(options: SagaExecutorOptions<Data>) => {
  const { definition } = options
  const { compensating } = definition.statuses
  const steps = placedSteps(definition)
  const execution: Execution<Data> = {
    ...options,
    steps,
    undos: undosOf(definition),
    knownStatuses: new Set([compensating, ...steps.map((step) => step.statusBefore)]),
    boundStatuses: new Set([
      compensating,
      ...steps.filter((step) => step.isAfterPivot).map((step) => step.statusBefore)
    ])
  }
  return {
    /** `claimedAtMs` is when claiming began, in monotonic time. */
    run: (claimed: ReadonlyArray<ClaimedSaga>, claimedAtMs?: number) => run(execution, claimed, claimedAtMs)
  }
}

const run = Effect.fnUntraced(function* <Data>(
  execution: Execution<Data>,
  claimed: ReadonlyArray<ClaimedSaga>,
  claimedAtMs: number | undefined
) {
  const batch = new SagaBatch<Data>(execution, claimedAtMs ?? (yield* monotonicMs))
  yield* takeIn(execution, batch, claimed)
  for (const step of execution.steps) yield* runStep(execution, batch, step)
  yield* runUndos(execution, batch)
})

/** Takes the sagas that can go on into the batch; the others wait or are parked. */
const takeIn = Effect.fnUntraced(function* <Data>(
  execution: Execution<Data>,
  batch: SagaBatch<Data>,
  claimed: ReadonlyArray<ClaimedSaga>
) {
  const { definition, knownStatuses, load, retry, store } = execution
  const ours = claimed.filter((saga) => saga.version === definition.version)
  const foreign = claimed.filter((saga) => saga.version !== definition.version)
  if (foreign.length > 0) {
    yield* Effect.logWarning("Sagas of another version are left to those who know it", { count: foreign.length })
  }
  const waiting = foreign.map((saga) => transition(saga, [], waitUnchanged(saga, retry)))
  const loaded = yield* loadSagas(load, ours)
  ours.forEach((saga, index) => {
    const found = loaded[index]
    if (found?._tag === "Unreadable") {
      waiting.push(transition(saga, [], waitUnchanged(saga, retry)))
    } else if (found?._tag !== "Found") {
      waiting.push(transition(saga, [], park("its data are missing")))
    } else if (!knownStatuses.has(saga.status)) {
      waiting.push(transition(saga, [], park(`its status ${saga.status} is unknown`)))
    } else {
      batch.keep({ saga, item: itemOf(saga, found.data) })
    }
  })
  if (waiting.length > 0) yield* alertIfLate(execution, "begin", waiting, yield* store.record(waiting))
})

const runStep = Effect.fnUntraced(function* <Data>(
  execution: Execution<Data>,
  batch: SagaBatch<Data>,
  step: Step<Data>
) {
  const held = yield* batch.hold(batch.at(step.statusBefore))
  const [going, cancelling] = step.isAfterPivot ? [held, []] : partitionByCancel(held)
  const answers = yield* ask(execution, step.command, going)
  const elapsedMs = (yield* monotonicMs) - batch.claimedAtMs
  const transitions = [
    ...cancelling.map(({ saga }) =>
      transition(saga, [], { _tag: "Compensate", failure: cancelledOnRequest(step.name) })
    ),
    ...going.map(({ saga, item }, index) => {
      const outcome = answers.outcomes[index] ?? unavailable("no outcome for this saga")
      return transition(
        saga,
        [attemptOf(step.name, saga.attempts + 1, outcome, answers.durationMs)],
        outcome._tag === "Done"
          ? afterDone(execution, step, item)
          : decideStep(aged(saga, elapsedMs), step, outcome, execution.retry)
      )
    })
  ]
  yield* record(execution, batch, step.name, [...cancelling, ...going], transitions)
})

const afterDone = <Data>(
  { definition }: Execution<Data>,
  step: StepPosition,
  item: SagaItem<Data>
): Transition["change"] =>
  step.isLast
    ? ending(definition, item, { _tag: "Completed" }, (events) => ({
        _tag: "Complete",
        events,
        failureIfCancelled: cancelledOnRequest(step.name)
      }))
    : { _tag: "Advance", status: step.statusAfter }

/** A saga whose end cannot be told is parked before it; its neighbours have theirs. */
const ending = <Data>(
  definition: SagaDefinition<Data>,
  item: SagaItem<Data>,
  end: SagaEnd,
  change: (events: ReadonlyArray<DomainEvent>) => Transition["change"],
  undone?: ReadonlyArray<string>
): Transition["change"] =>
  Result.match(
    Result.try(() => definition.eventsOnEnd(item, end)),
    {
      onSuccess: change,
      onFailure: (error) => park(`its events cannot be made: ${String(error)}`, undone)
    }
  )

const runUndos = Effect.fnUntraced(function* <Data>(execution: Execution<Data>, batch: SagaBatch<Data>) {
  const { definition, retry, undos } = execution
  const { compensating } = definition.statuses
  const passes = new Map(batch.at(compensating).map(({ saga }) => [keyOf(saga), new UndoPass(saga)]))
  for (const undo of undos) {
    const held = yield* batch.hold(batch.at(compensating))
    const pending = held.filter(({ saga }) => !saga.undone.includes(undo.name))
    const answers = yield* ask(execution, undo.command, pending)
    pending.forEach(({ saga }, index) => {
      const outcome = answers.outcomes[index] ?? unavailable("no outcome for this saga")
      passes.get(keyOf(saga))?.add(undo.name, outcome, answers.durationMs)
    })
  }
  const passed = batch.at(compensating)
  const transitions = passed.map(({ saga, item }) => {
    const pass = passes.get(keyOf(saga)) ?? new UndoPass(saga)
    const change: Transition["change"] =
      pass.problem === undefined
        ? ending(
            definition,
            item,
            { _tag: "Failed", failure: saga.failure },
            (events) => ({ _tag: "Fail", undone: pass.undone, events }),
            pass.undone
          )
        : decideUndo(saga, pass.undone, pass.problem, retry)
    return transition(saga, pass.attempts, change)
  })
  yield* record(execution, batch, "compensation", passed, transitions)
})

const ask = <Data>(
  { commandLimitMs }: Execution<Data>,
  command: VectorCommand<Data>,
  running: ReadonlyArray<Running<Data>>
) =>
  callVector(
    command,
    running.map(({ item }) => item),
    commandLimitMs
  )

/** Records what became of sagas, and keeps those in the batch that have moved on and not ended. */
const record = Effect.fnUntraced(function* <Data>(
  execution: Execution<Data>,
  batch: SagaBatch<Data>,
  step: string,
  running: ReadonlyArray<Running<Data>>,
  transitions: ReadonlyArray<Transition>
) {
  if (transitions.length === 0) return
  const recorded = yield* execution.store.record(transitions)
  running.forEach(({ saga, item }, index) => {
    const change = transitions[index]?.change
    const result = recorded[index]
    const hasMoved =
      result?._tag === "Applied" && result.status !== saga.status && execution.knownStatuses.has(result.status)
    if (hasMoved && change !== undefined) batch.keep({ saga: afterwards(saga, change, result), item })
    else batch.drop(saga)
  })
  yield* alertIfLate(execution, step, transitions, recorded)
})

/** Reports what was parked, and what has to be done but is late. */
const alertIfLate = <Data>(
  { boundStatuses, definition, retry }: Execution<Data>,
  step: string,
  transitions: ReadonlyArray<Transition>,
  recorded: ReadonlyArray<Recorded>
) =>
  Effect.forEach(
    transitions,
    ({ change, expectedStatus, organizationId, sagaId }, index) => {
      if (recorded[index]?._tag !== "Applied") return Effect.void
      const about = { saga: definition.name, saga_id: sagaId, organization_id: organizationId, step }
      if (change._tag === "Park") return Effect.logError("A saga was parked", { ...about, reason: change.reason })
      const attempts = change._tag === "Retry" && boundStatuses.has(expectedStatus) ? change.attempts : 0
      return attempts >= retry.alertAfterAttempts
        ? Effect.logError("A saga is late that cannot turn back", { ...about, attempts })
        : Effect.void
    },
    { discard: true }
  )

const placedSteps = <Data>(definition: SagaDefinition<Data>): ReadonlyArray<Step<Data>> => {
  const steps = stepsOf(definition)
  return steps.map(({ command, name, statusAfter }, index) => ({
    name,
    command,
    statusBefore: steps[index - 1]?.statusAfter ?? definition.statuses.ready,
    statusAfter,
    isAfterPivot: index > definition.compensatable.length,
    isLast: index === steps.length - 1
  }))
}

const partitionByCancel = <Data>(running: ReadonlyArray<Running<Data>>) =>
  [running.filter(({ saga }) => !saga.cancelRequested), running.filter(({ saga }) => saga.cancelRequested)] as const

const itemOf = <Data>(saga: ClaimedSaga, data: Data): SagaItem<Data> => ({
  organizationId: saga.organizationId,
  sagaId: saga.sagaId,
  epoch: saga.epoch,
  correlationId: saga.correlationId,
  data
})
