import { assert, layer } from "@effect/vitest"
import { TenantDatabase } from "@valerix/database"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect, Exit, Layer, Scope } from "effect"
import { defaultRetrySchedule, makeSagaExecutor, startSagaWorker } from "../../src/index.ts"
import { StoreBench } from "../contract/StoreBench.ts"
import { layerStoreBenchPostgres } from "../contract/StoreBenchPostgres.ts"
import { Chance } from "../simulation/Chance.ts"
import { defineTrip, makeParticipants } from "../simulation/TripBench.ts"
import { assertWhole } from "../simulation/TripEnd.ts"
import { makeUnreliable } from "../simulation/Unreliable.ts"
import { makeOrganizations, makeTrips } from "../Trips.ts"

const Database = testDatabase("saga_test", new URL("../migrations/", import.meta.url))

const TRIPS = 120
const WORKERS = 2
const LEASE_MS = 1_500
const COMMAND_LIMIT_MS = 300
/** As many as do not depend on how fast the machine is: one that is slower than the killing would never get on. */
const KILLS = 150
const AT_REST_LIMIT_MS = 40_000

layer(layerStoreBenchPostgres.pipe(Layer.provideMerge(Database)), { excludeTestServices: true })(
  "workers on PostgreSQL whose connections are killed under them",
  (it) => {
    it.effect("bring every saga to its end as a whole, and nothing happens twice", () =>
      Effect.gen(function* () {
        const { otherStore, put, see, store } = yield* StoreBench
        const { sql } = yield* TenantDatabase
        const { sql: owner } = yield* OwnerDatabase
        const chance = new Chance(Date.now())
        const { history, ...participants } = makeParticipants()
        for (const participant of Object.values(participants)) makeUnreliable(participant, chance, 2 * LEASE_MS)
        const trips = makeOrganizations(3).flatMap((organization) => makeTrips(TRIPS / 3, organization))
        yield* put(trips.map((trip) => ({ ...trip, dueInMs: chance.upTo(3_000) })))

        const scope = yield* Scope.make()
        for (let worker = 0; worker < WORKERS; worker += 1) {
          const itsStore = worker % 2 === 0 ? store : otherStore
          yield* startSagaWorker({
            store: itsStore,
            executor: makeSagaExecutor({
              definition: defineTrip(participants),
              store: itsStore,
              load: (sagas) => Effect.succeed(sagas.map(() => ({ traveller: "Ada" }))),
              retry: { ...defaultRetrySchedule, delaysMs: [20, 40, 80, 160] },
              commandLimitMs: COMMAND_LIMIT_MS,
              leaseMs: LEASE_MS
            }),
            batchMax: 16,
            weightMax: 1_000,
            concurrentBatches: 2,
            leaseMs: LEASE_MS,
            pollIntervalMs: 500,
            stopLimitMs: 5_000
          }).pipe(Scope.provide(scope))
        }

        const killOne = sql`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
          ORDER BY random() LIMIT 1`
        const moving = owner<{ moving: number }>`
          SELECT count(*)::int AS moving FROM trip_queue WHERE visible_at < 'infinity'`
        yield* Effect.ignore(killOne).pipe(Effect.andThen(Effect.sleep(40)), Effect.repeat({ times: KILLS - 1 }))
        yield* moving.pipe(
          Effect.tap(Effect.sleep(40)),
          Effect.repeat({ until: (rows) => rows[0]?.moving === 0 }),
          Effect.timeout(AT_REST_LIMIT_MS)
        )
        yield* Scope.close(scope, Exit.void)

        const statuses = new Map<string, number>()
        for (const trip of trips) {
          const { eventTypes, failure, parkReason, queue, status } = yield* see(trip)
          const happened = history.filter(({ sagaId }) => sagaId === trip.sagaId).map(({ command }) => command)
          const held = [participants.car, participants.hotel, participants.payment]
            .filter((participant) => participant.holds(trip.sagaId))
            .map(({ names }) => names.command)
          assertWhole({ status, parkReason, failure, happened, held, eventTypes }, trip.sagaId)
          assert.isTrue(queue === undefined || queue.dueAtMs === Number.POSITIVE_INFINITY)
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
        }
        assert.isAbove(statuses.get("COMPLETED") ?? 0, 0)
        assert.isAbove(statuses.get("FAILED") ?? 0, 0)
      })
    )
  }
)
