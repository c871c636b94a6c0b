import { assert, describe, it } from "@effect/vitest"
import type { Execution, TimelineEntry } from "@valerix/checkout"
import { makeOrderId } from "@valerix/money-and-ids"
import { DEMO_ORGANIZATION_ID } from "@valerix/tenancy"
import { sagaText } from "../../../src/commands/saga/ShowSaga.ts"

const PLACED = new Date("2001-01-01T00:00:00.000Z")
const HOUR_MS = 3_600_000

const execution: Execution = {
  organizationId: DEMO_ORGANIZATION_ID,
  orderId: makeOrderId(),
  status: "AUTHORIZED",
  state: "PARKED",
  epoch: 2,
  sagaVersion: 1,
  attempts: 0,
  unsent: 0,
  undone: [],
  nextRetryAt: undefined,
  leasedUntil: undefined,
  cancelRequested: false,
  failure: undefined,
  parkReason: "by hand",
  problem: undefined,
  createdAt: PLACED,
  updatedAt: PLACED,
  ageMs: HOUR_MS,
  stoodStillMs: HOUR_MS
}

const authorized: TimelineEntry = {
  step: "authorize",
  attempt: 1,
  outcome: "DONE",
  detail: undefined,
  durationMs: 10,
  epoch: 0,
  principal: undefined,
  recordedAt: PLACED
}

const terminal = { columns: 80, isColoured: false, isWatched: false }

describe("an order that is shown", () => {
  it("has waited for as long as the ledger's clock says, whatever the time is here", () => {
    const lines = sagaText({ execution, timeline: [authorized] }, terminal)
    assert.match(lines.at(-1) ?? "", / parked 1 h$/)
  })
})
