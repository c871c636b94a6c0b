import { assert } from "@effect/vitest"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import type { SagaKey } from "../../src/index.ts"
import { makeOrganization, makeOrganizations, makeTrip, makeTrips } from "../Trips.ts"
import { claim } from "./Steps.ts"
import { StoreBench } from "./StoreBench.ts"

const countOf = (sagas: ReadonlyArray<SagaKey>, organization: OrganizationId) =>
  sagas.filter(({ organizationId }) => organizationId === organization).length

/** How organizations share the batches. */
export const turns: Readonly<Record<string, Effect.Effect<void, never, StoreBench>>> = {
  "lets an organization wait for two batches at most, however much another one has queued": Effect.gen(function* () {
    const { put } = yield* StoreBench
    // On both sides of the crowded one, because turns go by the order of the ids.
    const [before, crowded, after] = [makeOrganization(), makeOrganization(), makeOrganization()]
    const backlog = makeTrips(10_000, crowded)
    yield* put(backlog.map((trip) => ({ ...trip, dueInMs: -3_600_000 })))
    assert.strictEqual((yield* claim(64)).length, 64)
    for (const organization of [before, after]) {
      const small = makeTrips(5, organization)
      yield* put(small)
      const batches = [yield* claim(64), yield* claim(64)]
      assert.strictEqual(countOf(batches.flat(), organization), 5)
      assert.deepStrictEqual(
        batches.map((batch) => batch.length),
        [64, 64]
      )
    }
  }),

  "gives a lone organization the whole batch": Effect.gen(function* () {
    const { put } = yield* StoreBench
    yield* put(makeTrips(100))
    assert.strictEqual((yield* claim(64)).length, 64)
    assert.strictEqual((yield* claim(64)).length, 36)
  }),

  "gives organizations with much work the room that those with little leave": Effect.gen(function* () {
    const { put } = yield* StoreBench
    const [little, much, more] = [makeOrganization(), makeOrganization(), makeOrganization()]
    yield* put([...makeTrips(2, little), ...makeTrips(50, much), ...makeTrips(50, more)])
    const batch = yield* claim(30)
    assert.strictEqual(batch.length, 30)
    assert.strictEqual(countOf(batch, little), 2)
    assert.isAtLeast(countOf(batch, much), 10)
    assert.isAtLeast(countOf(batch, more), 10)
  }),

  "serves more organizations than fit a batch round by round, each once before any comes again": Effect.gen(
    function* () {
      const { put } = yield* StoreBench
      const organizations = makeOrganizations(50)
      yield* put(organizations.flatMap((organization) => makeTrips(4, organization)))
      for (let round = 1; round <= 3; round += 1) {
        const claimed: Array<SagaKey> = []
        for (let batch = 0; batch < 5; batch += 1) claimed.push(...(yield* claim(10)))
        assert.deepStrictEqual(
          organizations.map((organization) => countOf(claimed, organization)),
          organizations.map(() => 1),
          `round ${round}`
        )
      }
    }
  ),

  "gives no more than the weight that a batch may have, and what is heavier than that alone": Effect.gen(function* () {
    const { put } = yield* StoreBench
    const [middling, huge] = [makeTrips(7), makeTrips(2)]
    yield* put(middling.map((trip) => ({ ...trip, weight: 40 })))
    const sizes = [yield* claim(64, 100), yield* claim(64, 100), yield* claim(64, 100), yield* claim(64, 100)]
    // The third begins within the weight, and ends beyond it.
    assert.deepStrictEqual(
      sizes.map((batch) => batch.length),
      [3, 3, 1, 0]
    )
    yield* put(huge.map((trip) => ({ ...trip, weight: 5_000 })))
    assert.deepStrictEqual([(yield* claim(64, 100)).length, (yield* claim(64, 100)).length], [1, 1])
  }),

  "shares the weight of a batch among organizations as it shares its room": Effect.gen(function* () {
    const { put } = yield* StoreBench
    const [light, heavy] = [makeOrganization(), makeOrganization()]
    yield* put(makeTrips(100, heavy).map((trip) => ({ ...trip, weight: 2_000, dueInMs: -3_600_000 })))
    yield* put(makeTrips(100, light).map((trip) => ({ ...trip, weight: 2 })))
    const batch = yield* claim(64, 20_000)
    assert.isAtLeast(countOf(batch, light), 32)
    assert.isAtLeast(countOf(batch, heavy), 5)
    assert.isAtMost(countOf(batch, heavy), 10)
  }),

  "serves organizations round by round when the sagas of a few of them fill a batch": Effect.gen(function* () {
    const { put } = yield* StoreBench
    const organizations = makeOrganizations(20)
    yield* put(
      organizations.flatMap((organization) => makeTrips(3, organization)).map((trip) => ({ ...trip, weight: 1_000 }))
    )
    for (let round = 1; round <= 3; round += 1) {
      const claimed: Array<SagaKey> = []
      for (let batch = 0; batch < 4; batch += 1) claimed.push(...(yield* claim(64, 5_000)))
      assert.deepStrictEqual(
        organizations.map((organization) => countOf(claimed, organization)),
        organizations.map(() => 1),
        `round ${round}`
      )
    }
  }),

  "does not pass over an organization that comes in the middle of a round": Effect.gen(function* () {
    const { put } = yield* StoreBench
    const [early, late, after] = [makeOrganizations(20), makeOrganization(), makeOrganizations(9)]
    yield* put([...early, ...after].flatMap((organization) => makeTrips(20, organization)))
    yield* claim(10)
    yield* put([makeTrip(late)])
    const batches = [yield* claim(10), yield* claim(10)]
    assert.strictEqual(countOf(batches.flat(), late), 1)
  })
}
