import { assert } from "@effect/vitest"

/** A trip that has come to rest. */
export interface TripEnd {
  readonly status: string
  readonly parkReason: string | undefined
  readonly failure: unknown
  /** What happened at the participants, in order. */
  readonly happened: ReadonlyArray<string>
  /** What of car, hotel and payment is still held. */
  readonly held: ReadonlyArray<string>
  readonly eventTypes: ReadonlyArray<string>
}

/** Fails unless the trip was made as a whole, was taken back as a whole, or was parked because an undo was refused. */
export const assertWhole = (end: TripEnd, about: string) => {
  const shown = `${about}: ${JSON.stringify(end)}`
  assert.strictEqual(new Set(end.happened).size, end.happened.length, shown)
  switch (end.status) {
    case "COMPLETED":
      assert.deepStrictEqual(end.happened, ["car", "hotel", "pay", "ticket"], shown)
      assert.deepStrictEqual(end.eventTypes, ["trip.completed"], shown)
      return
    case "FAILED":
      assert.deepStrictEqual(end.held, [], shown)
      assert.deepStrictEqual(end.eventTypes, ["trip.failed"], shown)
      assert.isDefined(end.failure, shown)
      return
    default:
      assert.match(end.parkReason ?? "", /^(refund|leave|return): not_undoable/, shown)
      assert.deepStrictEqual(end.eventTypes, [], shown)
  }
}
