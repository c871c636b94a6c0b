import { Effect, type Fiber } from "effect"
import { TestClock } from "effect/testing"
import {
  type ClaimedSaga,
  defaultRetrySchedule,
  makeSagaExecutor,
  type RetrySchedule,
  type SagaDefinition,
  type SagaKey,
  SagaStoreMemory,
  type StoredSaga
} from "../../src/index.ts"
import type { NewSaga } from "../contract/StoreBench.ts"
import { putSagas } from "../contract/StoreBenchMemory.ts"
import { tripEvent, tripStatuses } from "../Trips.ts"
import { type Happening, Participant } from "./Participant.ts"
import { StoreProbe } from "./StoreProbe.ts"

export interface TripData {
  readonly traveller: string
}

export const LEASE_MS = 8_000
export const COMMAND_LIMIT_MS = 2_000

export interface TripBenchOptions {
  readonly retry?: Partial<RetrySchedule>
  readonly eventsOnEnd?: SagaDefinition<TripData>["eventsOnEnd"]
  readonly load?: (sagas: ReadonlyArray<SagaKey>) => Effect.Effect<ReadonlyArray<TripData | undefined>>
}

/** Trips in a memory store, four participants, and an executor: everything but a worker. */
export const makeTripBench = (options: TripBenchOptions = {}) => {
  const { history, ...participants } = makeParticipants()
  const { car, hotel, payment, ticket } = participants
  const trip = defineTrip(participants)
  const definition = { ...trip, eventsOnEnd: options.eventsOnEnd ?? trip.eventsOnEnd }
  const memory = new SagaStoreMemory(tripStatuses)
  const store = new StoreProbe(memory)
  const retry = { ...defaultRetrySchedule, ...options.retry }
  const executor = makeSagaExecutor({
    definition,
    store,
    load: options.load ?? ((sagas) => Effect.succeed(sagas.map(() => ({ traveller: "Ada" })))),
    retry,
    commandLimitMs: COMMAND_LIMIT_MS,
    leaseMs: LEASE_MS
  })

  const put = (...sagas: ReadonlyArray<NewSaga>) => putSagas(memory, sagas)
  const see = ({ sagaId }: SagaKey): StoredSaga => {
    const saga = memory.sagas.get(sagaId)
    if (saga === undefined) throw new Error(`there is no saga ${sagaId}`)
    return saga
  }
  const askToCancel = (trip: SagaKey) => memory.put({ ...see(trip), cancelRequested: true })
  /** What another worker's claim does to a saga whose lease has run out. */
  const loseTo = (trip: SagaKey) => memory.put({ ...see(trip), epoch: see(trip).epoch + 1 })

  const claim = store.claim({ limit: 1_000, weightMax: 1_000_000, leaseMs: LEASE_MS })
  /** Claims what is due and runs it once. */
  const runDue = Effect.flatMap(claim, (claimed) => Effect.as(executor.run(claimed), claimed.length))
  /** Runs what is due and lets time pass until nothing is due any more; a run that dies is one whose worker died. */
  const runToRest = Effect.gen(function* () {
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      yield* Effect.exit(runDue)
      const dueMs = yield* memory.nextDueMs
      if (dueMs === undefined) return
      yield* TestClock.adjust(dueMs)
    }
    return yield* Effect.die("the trips did not come to rest")
  })

  return {
    car,
    hotel,
    payment,
    ticket,
    history,
    memory,
    store,
    definition,
    retry,
    executor,
    put,
    see,
    askToCancel,
    loseTo,
    claim,
    runDue,
    runToRest
  }
}

export type TripBench = ReturnType<typeof makeTripBench>

const TURNS_MAX = 10_000

export const makeParticipants = () => {
  const history: Array<Happening> = []
  return {
    history,
    car: new Participant<TripData>("car", "return", history),
    hotel: new Participant<TripData>("hotel", "leave", history),
    payment: new Participant<TripData>("pay", "refund", history),
    ticket: new Participant<TripData>("ticket", "", history)
  }
}

export const defineTrip = (
  participants: Omit<ReturnType<typeof makeParticipants>, "history">
): SagaDefinition<TripData> => {
  const { car, hotel, payment, ticket } = participants
  return {
    name: "trip",
    version: 1,
    statuses: tripStatuses,
    compensatable: [
      { name: "car", statusAfter: "CAR_BOOKED", command: car.command, undo: { name: "return", command: car.undo } },
      {
        name: "hotel",
        statusAfter: "HOTEL_BOOKED",
        command: hotel.command,
        undo: { name: "leave", command: hotel.undo }
      }
    ],
    pivot: {
      name: "pay",
      statusAfter: "PAID",
      command: payment.command,
      undo: { name: "refund", command: payment.undo }
    },
    retriable: [{ name: "ticket", statusAfter: tripStatuses.completed, command: ticket.command }],
    eventsOnEnd: (item, end) => [tripEvent(item, end._tag === "Completed" ? "trip.completed" : "trip.failed")]
  }
}

/** What happened to one trip, in order. */
export const happenedTo = ({ history }: TripBench, { sagaId }: SagaKey): ReadonlyArray<string> =>
  history.filter((happening) => happening.sagaId === sagaId).map(({ command }) => command)

export const eventTypesOf = ({ memory }: TripBench, { sagaId }: SagaKey): ReadonlyArray<string> =>
  memory.events.filter((event) => event.aggregateId === sagaId).map(({ eventType }) => eventType)

/** The commands that were sent for one trip, whatever came of them. */
export const sentFor = ({ car, hotel, payment, ticket }: TripBench, { sagaId }: SagaKey): ReadonlyArray<string> =>
  [car, hotel, payment, ticket].flatMap(({ vectors }) =>
    vectors.filter(({ sagaIds }) => sagaIds.includes(sagaId)).map(({ command }) => command)
  )

/** Lets time pass, a step at a time, until a fiber has ended. */
export const passTimeUntilDone = Effect.fnUntraced(function* <A, E>(fiber: Fiber.Fiber<A, E>, stepMs: number) {
  while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust(stepMs)
})

export const claimedIds = (claimed: ReadonlyArray<ClaimedSaga>) => claimed.map(({ sagaId }) => sagaId)
