import { assert, describe, it } from "@effect/vitest"
import { uuidV7 } from "@valerix/money-and-ids"
import fc from "fast-check"
import { decideStep, decideUndo, type StepPosition } from "../src/Decision.ts"
import {
  type ClaimedSaga,
  cancelled,
  defaultRetrySchedule,
  notSent,
  type Outcome,
  rejected,
  unavailable
} from "../src/index.ts"
import { makeTrip } from "./Trips.ts"

const reserve: StepPosition = { name: "reserve", statusAfter: "RESERVED", isAfterPivot: false, isLast: false }
const confirm: StepPosition = { name: "confirm", statusAfter: "COMPLETED", isAfterPivot: true, isLast: true }
const schedule = defaultRetrySchedule
const MINUTE_MS = 60_000

const standing = (past: Partial<ClaimedSaga> = {}): ClaimedSaga => ({
  ...makeTrip(),
  epoch: 1,
  version: 1,
  status: "READY",
  attempts: 0,
  unsent: 0,
  unsentForMs: 0,
  expiresInMs: undefined,
  undone: [],
  cancelRequested: false,
  failure: undefined,
  correlationId: undefined,
  ...past
})

const decide = (past: Partial<ClaimedSaga>, outcome: Outcome, step = reserve) =>
  outcome._tag === "Done"
    ? assert.fail("done is nothing to decide")
    : decideStep(standing(past), step, outcome, schedule)

/** A delay of the schedule, with the jitter that it may have. */
const assertDelay = (delayMs: number, scheduledMs: number) => {
  assert.isTrue(Number.isInteger(delayMs))
  assert.isAtLeast(delayMs, scheduledMs)
  assert.isAtMost(delayMs, scheduledMs * 1.1)
}

const anyPast = fc.record({
  attempts: fc.nat({ max: 2_000 }),
  unsent: fc.nat({ max: 2_000 }),
  unsentForMs: fc.nat({ max: 2 * 3_600_000 }),
  expiresInMs: fc.option(fc.integer({ min: -MINUTE_MS, max: 60 * MINUTE_MS }), { nil: undefined })
})
const anyReason = fc.string()

describe("a step without a definite answer, before the pivot", () => {
  it.each([
    [0, 1_000],
    [1, 4_000],
    [2, 16_000],
    [3, 64_000]
  ])("is tried again when %i attempts went before, after %i ms", (attempts, delayMs) => {
    const change = decide({ attempts, unsent: 3 }, unavailable("timeout"))
    if (change._tag !== "Retry") return assert.fail(change._tag)
    assert.deepStrictEqual([change.attempts, change.unsent], [attempts + 1, 0])
    assertDelay(change.delayMs, delayMs)
  })

  it("turns the saga back after five attempts, and says how the last one ended", () => {
    assert.deepStrictEqual(decide({ attempts: 4 }, unavailable("connection reset")), {
      _tag: "Compensate",
      failure: {
        step: "reserve",
        code: "retries_exhausted",
        message: "No definite answer in 5 attempts; the last: connection reset"
      }
    })
  })

  it("is never parked, and never tried a sixth time", () => {
    fc.assert(
      fc.property(anyPast, anyReason, (past, reason) => {
        assert.strictEqual(decide(past, unavailable(reason))._tag, past.attempts < 4 ? "Retry" : "Compensate")
      })
    )
  })
})

describe("a step that did not reach its participant, before the pivot", () => {
  it.each([
    [0, 1_000],
    [1, 4_000],
    [2, 16_000],
    [3, 64_000],
    [4, 64_000],
    [500, 64_000]
  ])(
    "is tried again when it was not sent %i times before, after %i ms, and no attempt is used up",
    (unsent, delayMs) => {
      const change = decide({ attempts: 4, unsent }, notSent("connection refused"))
      if (change._tag !== "Retry") return assert.fail(change._tag)
      assert.deepStrictEqual([change.attempts, change.unsent], [4, unsent + 1])
      assertDelay(change.delayMs, delayMs)
    }
  )

  it("turns the saga back when the next attempt would come more than 15 minutes after the first that was not sent", () => {
    const limitMs = 15 * MINUTE_MS
    assert.strictEqual(
      decide({ unsent: 20, unsentForMs: limitMs - 64_000 * 1.1 - 1 }, notSent("refused"))._tag,
      "Retry"
    )
    assert.deepStrictEqual(decide({ unsent: 20, unsentForMs: limitMs - 64_000 + 1 }, notSent("refused")), {
      _tag: "Compensate",
      failure: {
        step: "reserve",
        code: "participant_unreachable",
        message: "Not reached for 836 s; the last: refused"
      }
    })
  })

  it("turns the saga back when the next attempt would come when its time is over", () => {
    assert.strictEqual(decide({ unsent: 2, expiresInMs: 17_601 }, notSent("refused"))._tag, "Retry")
    assert.strictEqual(decide({ unsent: 2, expiresInMs: 16_000 }, notSent("refused"))._tag, "Compensate")
    assert.strictEqual(decide({ expiresInMs: -5 }, notSent("refused"))._tag, "Compensate")
  })

  it("is never tried later than allowed, and never given up while there is time", () => {
    fc.assert(
      fc.property(anyPast, anyReason, (past, reason) => {
        const change = decide(past, notSent(reason))
        if (change._tag === "Retry") {
          assert.isAtMost(past.unsentForMs + change.delayMs, schedule.unsentLimitMs)
          assert.isTrue(past.expiresInMs === undefined || change.delayMs < past.expiresInMs)
          assert.strictEqual(change.attempts, past.attempts)
        } else {
          assert.strictEqual(change._tag, "Compensate")
          const longestMs = 64_000 * 1.1
          const hasTime = past.unsentForMs + longestMs <= schedule.unsentLimitMs
          assert.isFalse(hasTime && (past.expiresInMs === undefined || past.expiresInMs > longestMs))
        }
      })
    )
  })
})

describe("a step after the pivot", () => {
  it.each([unavailable("timeout"), notSent("refused")])("goes on for ever, every 64 s in the end: %o", (outcome) => {
    for (const attempts of [0, 1, 2, 3, 4, 5, 100, 1_000, 1_000_000]) {
      const past = { attempts, unsentForMs: 20 * 3_600_000, expiresInMs: -MINUTE_MS }
      const change = decide(past, outcome, confirm)
      if (change._tag !== "Retry") return assert.fail(change._tag)
      assertDelay(change.delayMs, schedule.delaysMs[Math.min(attempts, 3)] ?? 0)
      assert.deepStrictEqual([change.attempts, change.unsent], [attempts + 1, 0])
    }
  })

  it("is never turned back and never parked for want of an answer", () => {
    fc.assert(
      fc.property(anyPast, anyReason, fc.boolean(), (past, reason, wasSent) => {
        assert.strictEqual(decide(past, wasSent ? unavailable(reason) : notSent(reason), confirm)._tag, "Retry")
      })
    )
  })
})

describe("a definite refusal", () => {
  it.each([reserve, confirm])("turns the saga back at once, before the pivot and after it: $name", (step) => {
    fc.assert(
      fc.property(anyPast, anyReason, anyReason, (past, code, message) => {
        assert.deepStrictEqual(decide(past, rejected(code, message), step), {
          _tag: "Compensate",
          failure: { step: step.name, code, message }
        })
        assert.deepStrictEqual(decide(past, rejected(code, message, { sku: "A", missing: 2 }), step), {
          _tag: "Compensate",
          failure: { step: step.name, code, message, details: { sku: "A", missing: 2 } }
        })
      })
    )
  })

  it("is also that the participant has undone the saga already", () => {
    const change = decide({}, cancelled)
    assert.strictEqual(change._tag === "Compensate" && change.failure.code, "cancelled")
  })
})

describe("an undo that is not done", () => {
  const problem = { undo: "release", isPermanent: false, detail: "timeout" }

  it("is tried again on the same schedule, and what is done already stays done", () => {
    for (const attempts of [0, 1, 2, 3, 4, 50, 1_000, 1_000_000]) {
      const change = decideUndo(standing({ attempts }), ["settle", "cancel"], problem, schedule)
      if (change._tag !== "Retry") return assert.fail(change._tag)
      assert.deepStrictEqual([change.attempts, change.unsent, change.undone], [attempts + 1, 0, ["settle", "cancel"]])
      assertDelay(change.delayMs, schedule.delaysMs[Math.min(attempts, 3)] ?? 0)
    }
  })

  it("is parked at once when the participant refuses it for good, and for no other reason", () => {
    const parked = { _tag: "Park", reason: "release: timeout", undone: ["settle"] } as const
    assert.deepStrictEqual(decideUndo(standing(), ["settle"], { ...problem, isPermanent: true }, schedule), parked)
    fc.assert(
      fc.property(anyPast, (past) => {
        assert.strictEqual(decideUndo(standing(past), ["settle"], problem, schedule)._tag, "Retry")
      })
    )
  })
})

describe("the jitter", () => {
  const delayOf = (sagaId: string) => {
    const change = decide({ sagaId, attempts: 3 }, unavailable("timeout"))
    return change._tag === "Retry" ? change.delayMs : assert.fail(change._tag)
  }

  it("is always the same for one saga", () => {
    const sagaId = uuidV7()
    assert.strictEqual(delayOf(sagaId), delayOf(sagaId))
  })

  it("spreads sagas that failed together over the whole tenth", () => {
    const ids = Array.from({ length: 1_000 }, () => uuidV7())
    const tenths = new Set(ids.map((sagaId) => Math.floor((delayOf(sagaId) - 64_000) / 640)))
    assert.isAtLeast(tenths.size, 10)
    assert.isAtLeast(new Set(ids.map(delayOf)).size, 800)
  })
})
