import { Clock, Effect } from "effect"
import { attemptOf } from "./AttemptOf.ts"
import { decideStep, decideUndo, type StepPosition } from "./Decision.ts"
import { type Outcome, unavailable } from "./Outcome.ts"
import type { RetrySchedule } from "./RetrySchedule.ts"
import {
  cancelledOnRequest,
  type SagaDefinition,
  type SagaItem,
  stepsOf,
  undosOf,
  type VectorCommand
} from "./SagaDefinition.ts"
import type { Attempt, ClaimedSaga, Recorded, SagaKey, SagaStore, Transition } from "./SagaStore.ts"
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

/** A claimed saga under way in a batch. */
interface Running<Data> {
  readonly saga: ClaimedSaga
  readonly item: SagaItem<Data>
}

/**
 * Runs claimed sagas as far as they go: each step for all sagas that stand before it, with one command to its
 * participant and one fenced write, then the undos of those that turned back. A saga that has to wait, fails or was lost
 * to another worker leaves the batch; its neighbours go on. Fails never; what the store cannot write now is found again
 * when the lease has run out.
 */
export const makeSagaExecutor = <Data>(options: SagaExecutorOptions<Data>) => {
  const { definition, store, retry } = options
  const steps = stepsOf(definition)
  const undos = undosOf(definition)
  const pivotIndex = definition.compensatable.length
  const statusBefore = (index: number) => (index === 0 ? definition.statuses.ready : steps[index - 1]?.statusAfter)

  const run = Effect.fnUntraced(function* (claimed: ReadonlyArray<ClaimedSaga>) {
    const batch = new Batch(yield* Clock.currentTimeMillis)
    const running = yield* loadItems(claimed)
    let compensating = running.filter(({ saga }) => saga.status === definition.statuses.compensating)
    let ready: ReadonlyArray<Running<Data>> = []
    for (const [index, step] of steps.entries()) {
      const waiting = running.filter(({ saga }) => saga.status === statusBefore(index))
      const isAfterPivot = index > pivotIndex
      const position = {
        name: step.name,
        statusAfter: step.statusAfter,
        isAfterPivot,
        isLast: index === steps.length - 1
      }
      const result = yield* runStep(batch, position, step.command, [...ready, ...waiting])
      ready = result.advanced
      compensating = [...compensating, ...result.compensating]
    }
    yield* runUndos(batch, compensating)
  })

  const loadItems = Effect.fnUntraced(function* (claimed: ReadonlyArray<ClaimedSaga>) {
    const data = yield* options.load(claimed)
    const running: Array<Running<Data>> = []
    const missing: Array<Transition> = []
    claimed.forEach((saga, index) => {
      const found = data[index]
      if (found !== undefined) running.push({ saga, item: itemOf(saga, found) })
      else missing.push(transition(saga, [], { _tag: "Park", reason: "its data are missing", undone: saga.undone }))
    })
    if (missing.length > 0) yield* store.record(missing)
    return running
  })

  const runStep = Effect.fnUntraced(function* (
    batch: Batch,
    step: StepPosition,
    command: VectorCommand<Data>,
    standing: ReadonlyArray<Running<Data>>
  ) {
    const mayCancel = !step.isAfterPivot
    const cancelling = mayCancel ? standing.filter(({ saga }) => saga.cancelRequested) : []
    const going = yield* holdLeases(batch, mayCancel ? standing.filter(({ saga }) => !saga.cancelRequested) : standing)
    const answers = yield* callVector(command, going)
    const transitions = [
      ...cancelling.map(({ saga }) =>
        transition(saga, [], { _tag: "Compensate", failure: cancelledOnRequest(step.name) })
      ),
      ...going.map(({ saga, item }, index) => {
        const outcome = answers.outcomes[index] ?? unavailable("no outcome for this saga")
        const attempt = attemptOf(step.name, saga.attempts + 1, outcome, answers.durationMs)
        return transition(
          saga,
          [attempt],
          outcome._tag === "Done" ? afterDone(step, item) : decideStep(saga, step, outcome, retry)
        )
      })
    ]
    yield* alertIfForced(step, transitions)
    return yield* recordAndSort([...cancelling, ...going], transitions)
  })

  const afterDone = (step: StepPosition, item: SagaItem<Data>): Transition["change"] =>
    step.isLast
      ? {
          _tag: "Complete",
          events: definition.eventsOnEnd(item, { _tag: "Completed" }),
          failureIfCancelled: cancelledOnRequest(step.name)
        }
      : { _tag: "Advance", status: step.statusAfter }

  const runUndos = Effect.fnUntraced(function* (batch: Batch, compensating: ReadonlyArray<Running<Data>>) {
    let held = compensating
    const passes = new Map(compensating.map(({ saga }) => [saga.sagaId, new UndoPass(saga)]))
    for (const undo of undos) {
      held = yield* holdLeases(batch, held)
      const pending = held.filter(({ saga }) => !saga.undone.includes(undo.name))
      const answers = yield* callVector(undo.command, pending)
      pending.forEach(({ saga }, index) => {
        const outcome = answers.outcomes[index] ?? unavailable("no outcome for this saga")
        passes.get(saga.sagaId)?.add(undo.name, outcome, answers.durationMs)
      })
    }
    const transitions = held.map(({ saga, item }) => {
      const pass = passes.get(saga.sagaId) ?? new UndoPass(saga)
      const change: Transition["change"] =
        pass.problem === undefined
          ? {
              _tag: "Fail",
              undone: pass.undone,
              events: definition.eventsOnEnd(item, { _tag: "Failed", failure: saga.failure })
            }
          : decideUndo(saga, pass.undone, pass.problem, retry)
      return transition(saga, pass.attempts, change)
    })
    yield* alertIfForced({ name: "compensation", isAfterPivot: true }, transitions)
    yield* recordAndSort(held, transitions)
  })

  /** Renews the leases of a batch that has been under way for a while, and leaves out what was lost. */
  const holdLeases = Effect.fnUntraced(function* (batch: Batch, running: ReadonlyArray<Running<Data>>) {
    const nowMs = yield* Clock.currentTimeMillis
    if (running.length === 0 || nowMs - batch.leasedAtMs < options.leaseMs / 4) return running
    const holds = yield* store.renew(
      running.map(({ saga }) => saga),
      options.leaseMs
    )
    batch.leasedAtMs = nowMs
    return running.filter((_, index) => holds[index] === true)
  })

  const callVector = Effect.fnUntraced(function* (command: VectorCommand<Data>, running: ReadonlyArray<Running<Data>>) {
    if (running.length === 0) return { outcomes: [], durationMs: 0 }
    const startedMs = yield* Clock.currentTimeMillis
    const items = running.map(({ item }) => item)
    const allUnavailable = (reason: string): ReadonlyArray<Outcome> => items.map(() => unavailable(reason))
    const outcomes = yield* Effect.suspend(() => command(items)).pipe(
      Effect.timeoutOrElse({
        duration: options.commandLimitMs,
        orElse: () => Effect.succeed(allUnavailable(`no answer in ${options.commandLimitMs} ms`))
      }),
      Effect.catchDefect((defect) =>
        Effect.as(Effect.logError("A participant failed unexpectedly", defect), allUnavailable("unexpected error"))
      )
    )
    return { outcomes, durationMs: (yield* Clock.currentTimeMillis) - startedMs }
  })

  const recordAndSort = Effect.fnUntraced(function* (
    running: ReadonlyArray<Running<Data>>,
    transitions: ReadonlyArray<Transition>
  ) {
    if (transitions.length === 0) return { advanced: [], compensating: [] }
    const recorded = yield* store.record(transitions)
    const advanced: Array<Running<Data>> = []
    const compensating: Array<Running<Data>> = []
    running.forEach(({ saga, item }, index) => {
      const change = transitions[index]?.change
      const result = recorded[index]
      if (change === undefined || result === undefined || result._tag === "Lost") return
      const next = { saga: afterwards(saga, change, result), item }
      if (change._tag === "Advance") advanced.push(next)
      else if (
        result.status === definition.statuses.compensating &&
        change._tag !== "Retry" &&
        change._tag !== "Park"
      ) {
        compensating.push(next)
      }
    })
    return { advanced, compensating }
  })

  const alertIfForced = (
    step: { readonly name: string; readonly isAfterPivot: boolean },
    transitions: ReadonlyArray<Transition>
  ) =>
    Effect.forEach(
      step.isAfterPivot ? transitions : [],
      ({ change, sagaId, organizationId }) => {
        const isLate = change._tag === "Retry" && change.attempts + change.unsent >= retry.alertAfterAttempts
        return isLate || change._tag === "Park"
          ? Effect.logError(change._tag === "Park" ? "A saga was parked" : "A saga is late after its pivot", {
              saga: definition.name,
              saga_id: sagaId,
              organization_id: organizationId,
              step: step.name,
              ...(change._tag === "Park" ? { reason: change.reason } : { attempts: change.attempts + change.unsent })
            })
          : Effect.void
      },
      { discard: true }
    )

  return { run }
}

/** When the leases of a batch were last extended, by the worker's clock: it only decides when to ask the store again. */
class Batch {
  leasedAtMs: number
  constructor(leasedAtMs: number) {
    this.leasedAtMs = leasedAtMs
  }
}

const itemOf = <Data>(saga: ClaimedSaga, data: Data): SagaItem<Data> => ({
  organizationId: saga.organizationId,
  sagaId: saga.sagaId,
  epoch: saga.epoch,
  correlationId: saga.correlationId,
  data
})

const transition = (saga: ClaimedSaga, attempts: ReadonlyArray<Attempt>, change: Transition["change"]): Transition => ({
  organizationId: saga.organizationId,
  sagaId: saga.sagaId,
  epoch: saga.epoch,
  expectedStatus: saga.status,
  attempts,
  change
})

const afterwards = (
  saga: ClaimedSaga,
  change: Transition["change"],
  recorded: Extract<Recorded, { _tag: "Applied" }>
): ClaimedSaga => ({
  ...saga,
  status: recorded.status,
  cancelRequested: recorded.cancelRequested,
  attempts: 0,
  unsent: 0,
  waitedMs: 0,
  failure:
    change._tag === "Compensate"
      ? change.failure
      : change._tag === "Complete"
        ? change.failureIfCancelled
        : saga.failure
})
