import { describe, expect, it } from "vitest"
import { cancelled, done, notSent, type Outcome, rejected, unavailable } from "../src/Outcome.ts"
import { UndoPass } from "../src/UndoPass.ts"
import { makeTrip } from "./Trips.ts"

const passOver = (...outcomes: ReadonlyArray<readonly [undo: string, outcome: Outcome]>) => {
  const pass = new UndoPass({
    ...makeTrip(),
    epoch: 1,
    version: 1,
    status: "COMPENSATING",
    attempts: 2,
    unsent: 0,
    unsentForMs: 0,
    expiresInMs: undefined,
    undone: ["refund"],
    cancelRequested: false,
    failure: undefined,
    correlationId: undefined
  })
  for (const [undo, outcome] of outcomes) pass.add(undo, outcome, 5)
  return pass
}

const refused = rejected("locked", "The hotel keeps it.")

describe("one pass over the undos of a saga", () => {
  it("has no problem when all are done, and adds them to what was undone before", () => {
    const pass = passOver(["leave", done], ["return", done])
    expect(pass.problem).toBeUndefined()
    expect(pass.undone).toEqual(["refund", "leave", "return"])
    expect(pass.attempts.map(({ step, number, outcome }) => [step, number, outcome])).toEqual([
      ["leave", 3, "DONE"],
      ["return", 3, "DONE"]
    ])
  })

  it.each([
    ["no answer", unavailable("no answer")],
    ["connection refused", notSent("connection refused")],
    ["Cancelled", cancelled]
  ] as const)("goes on after what another pass may still undo, wherever it stands: %s", (detail, outcome) => {
    for (const pass of [
      passOver(["leave", refused], ["return", outcome]),
      passOver(["return", outcome], ["leave", refused])
    ]) {
      expect(pass.problem).toEqual({ undo: "return", isPermanent: false, detail })
      expect(pass.undone).toEqual(["refund"])
    }
  })

  it("is at its end when nothing is left but what was refused for good, and names the first", () => {
    const pass = passOver(["leave", refused], ["return", done], ["cancel", rejected("gone", "No such order.")])
    expect(pass.problem).toEqual({ undo: "leave", isPermanent: true, detail: "locked: The hotel keeps it." })
    expect(pass.undone).toEqual(["refund", "return"])
  })
})
