import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { TestClock } from "effect/testing"
import { makeSagaExecutor, type SagaKey, startSagaWorker } from "../../src/index.ts"
import { Chance } from "../simulation/Chance.ts"
import { StoreProbe } from "../simulation/StoreProbe.ts"
import {
  COMMAND_LIMIT_MS,
  eventTypesOf,
  happenedTo,
  LEASE_MS,
  makeTripBench,
  type TripBench
} from "../simulation/TripBench.ts"
import { assertWhole } from "../simulation/TripEnd.ts"
import { makeUnreliable } from "../simulation/Unreliable.ts"
import { makeOrganizations, makeTrips } from "../Trips.ts"

const SEEDS = Array.from({ length: 25 }, (_, index) => index + 1)
const WORKERS = 3
const SIMULATED_MAX_MS = 24 * 3_600_000

/** A worker that loses the store now and then; it lives until its scope is closed, and then drops everything. */
const startWorker = (bench: TripBench, chance: Chance, scope: Scope.Scope) => {
  const store = new StoreProbe(bench.memory)
  store.loses = () => (chance.happens(0.03) ? (chance.happens(0.5) ? "the call" : "the answer") : "nothing")
  const executor = makeSagaExecutor({
    definition: bench.definition,
    store,
    load: (sagas) => Effect.succeed(sagas.map(() => ({ traveller: "Ada" }))),
    retry: bench.retry,
    commandLimitMs: COMMAND_LIMIT_MS,
    leaseMs: LEASE_MS
  })
  return startSagaWorker({
    store,
    executor,
    batchMax: 8,
    weightMax: 100,
    concurrentBatches: 2,
    leaseMs: LEASE_MS,
    pollIntervalMs: 5_000,
    stopLimitMs: 0
  }).pipe(Scope.provide(scope))
}

const simulate = Effect.fnUntraced(function* (seed: number) {
  const chance = new Chance(seed)
  const bench = makeTripBench()
  const participants = [bench.car, bench.hotel, bench.payment, bench.ticket]
  for (const participant of participants) makeUnreliable(participant, chance, 3 * LEASE_MS)
  const trips = makeOrganizations(3).flatMap((organization) => makeTrips(15, organization))
  yield* bench.put(...trips.map((trip) => ({ ...trip, dueInMs: chance.upTo(60_000) })))
  const workers = Array.from({ length: WORKERS }, () => Scope.makeUnsafe())
  for (const scope of workers) yield* startWorker(bench, chance, scope)

  const isAtRest = (trip: SagaKey) => {
    const { visibleAtMs } = bench.see(trip)
    return visibleAtMs === undefined || visibleAtMs === Number.POSITIVE_INFINITY
  }
  for (let nowMs = 0; nowMs < SIMULATED_MAX_MS && !trips.every(isAtRest); ) {
    const stepMs = 1 + chance.upTo(2_000)
    yield* TestClock.adjust(stepMs)
    nowMs += stepMs
    const someTrip = trips[chance.upTo(trips.length)]
    if (someTrip !== undefined && chance.happens(0.02)) bench.askToCancel(someTrip)
    if (chance.happens(0.02)) {
      const killed = chance.upTo(WORKERS)
      const scope = workers[killed]
      if (scope !== undefined) yield* Scope.close(scope, Exit.void)
      workers[killed] = Scope.makeUnsafe()
      yield* startWorker(bench, chance, workers[killed])
    }
  }
  for (const scope of workers) yield* Scope.close(scope, Exit.void)
  // Whatever is still under way arrives.
  yield* TestClock.adjust(10 * LEASE_MS)
  return { bench, trips }
})

describe("whatever participants answer, however late, and whenever workers die", () => {
  it.effect.each(SEEDS)("every saga is done, or taken back, or parked, and nothing happens twice (seed %i)", (seed) =>
    Effect.gen(function* () {
      const { bench, trips } = yield* simulate(seed)
      const ends = new Set<string>()
      for (const trip of trips) {
        const { failure, parkReason, status, visibleAtMs } = bench.see(trip)
        const held = [bench.car, bench.hotel, bench.payment]
          .filter((participant) => participant.holds(trip.sagaId))
          .map(({ names }) => names.command)
        const happened = happenedTo(bench, trip)
        assertWhole(
          { status, parkReason, failure, happened, held, eventTypes: eventTypesOf(bench, trip) },
          `seed ${seed}`
        )
        assert.isTrue(visibleAtMs === undefined || visibleAtMs === Number.POSITIVE_INFINITY)
        ends.add(status)
      }
      assert.isTrue(ends.has("COMPLETED") && ends.has("FAILED"), "the simulation has to reach both ends")
    })
  )
})
