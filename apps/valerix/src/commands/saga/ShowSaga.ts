import {
  type Execution,
  FindSagas,
  type FoundSaga,
  sagaViewOf,
  stepOf,
  timelineEntryViewOf,
  versionOf
} from "@valerix/checkout"
import { SagaWithTimeline } from "@valerix/checkout/contract"
import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Console, Data, Effect, Option } from "effect"
import { jsonLines } from "../../terminal/Json.ts"
import { spanText } from "../../terminal/Spans.ts"
import { factLines } from "../../terminal/Table.ts"
import { type Terminal, terminalOf } from "../../terminal/Terminal.ts"
import { isoTime } from "../../terminal/Times.ts"
import { timelinePicture } from "../timeline/TimelinePicture.ts"
import { withSagas } from "./WithSagas.ts"

/** There is no such order. */
export class OrderUnknown extends Data.TaggedError("OrderUnknown")<{ readonly orderId: string }> {
  override get message(): string {
    return `There is no order ${this.orderId}.`
  }
}

/** What an execution does since the last entry of its timeline; none once it has ended. */
const PRESENTLY: Readonly<Record<Execution["state"], string | undefined>> = {
  AUTHORIZING: "authorizing",
  DUE: "due",
  EXECUTING: "leased",
  WAITING: "waiting",
  PARKED: "parked",
  ENDED: undefined,
  LOST: "in no queue"
}

/** The facts about an execution, a line each, and its timeline as a picture; how late it is, the ledger's clock says. */
export const sagaText = ({ execution, timeline }: FoundSaga, terminal: Terminal): ReadonlyArray<string> => {
  const { attempts, cancelRequested, createdAt, failure, orderId, organizationId, parkReason, problem } = execution
  const { ageMs, nextRetryAt, leasedUntil, state, status, stoodStillMs, undone, unsent } = execution
  const step = stepOf(execution)
  const nowMs = createdAt.getTime() + ageMs
  const facts: ReadonlyArray<readonly [name: string, text: string | undefined]> = [
    ["order", orderId],
    ["organization", organizationId],
    ["status", `${status}, ${state}${step === undefined ? "" : ` before ${step}`}`],
    ["version", versionOf(execution)],
    ["placed", `${isoTime(createdAt)}, ${spanText(ageMs)} ago; last recorded ${spanText(stoodStillMs)} ago`],
    ["attempts", attempts + unsent === 0 ? undefined : `${attempts} without answer, ${unsent} not sent`],
    ["next attempt", nextRetryAt && isoTime(nextRetryAt)],
    ["leased until", leasedUntil && isoTime(leasedUntil)],
    ["undone", undone.length === 0 ? undefined : undone.join(", ")],
    ["cancelled by", cancelRequested ? "the customer has asked for it" : undefined],
    ["parked", state === "PARKED" ? (parkReason ?? "no reason was recorded") : undefined],
    ["failure", failure && `${failure.code} at ${failure.step}: ${failure.message}`],
    ["problem", problem && `${problem.step} ${problem.outcome}${problem.detail ? `: ${problem.detail}` : ""}`]
  ]
  return [...factLines(facts), "", ...timelinePicture(timeline, { atMs: nowMs, says: PRESENTLY[state] }, terminal)]
}

const writeSaga = jsonLines(SagaWithTimeline)

/** Shows where an order stands, and everything that was tried. */
export const showSaga = Effect.fn("valerix saga show")(function* ({
  json,
  order,
  organization: of
}: {
  readonly order: OrderId
  readonly organization: Option.Option<OrganizationId>
  readonly json: boolean
}) {
  yield* withSagas(
    Effect.gen(function* () {
      const find = yield* FindSagas
      const found = Option.getOrUndefined(yield* find.one(order, Option.getOrUndefined(of)))
      if (found === undefined) return yield* new OrderUnknown({ orderId: order })
      if (json) {
        const { execution, timeline } = found
        return yield* writeSaga([{ saga: sagaViewOf(execution), timeline: timeline.map(timelineEntryViewOf) }])
      }
      yield* Console.log(sagaText(found, terminalOf(process.stdout)).join("\n"))
    })
  )
})
