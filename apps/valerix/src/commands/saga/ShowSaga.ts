import { type Execution, FindSagas, type FoundSaga, stepOf, versionOf } from "@valerix/checkout"
import { Console, Data, Effect, Option } from "effect"
import { Command } from "effect/cli"
import { orderArgument, organization } from "./SagaFlags.ts"
import { spanText } from "./Spans.ts"
import { onOneLine, type Terminal, terminalOf } from "./Terminal.ts"
import { timelinePicture } from "./TimelinePicture.ts"
import { withSagas } from "./WithSagas.ts"

/** There is no such order. */
export class OrderUnknown extends Data.TaggedError("OrderUnknown")<{ readonly orderId: string }> {
  override get message(): string {
    return `There is no order ${this.orderId}.`
  }
}

const isoTime = (date: Date) => date.toISOString().replace("T", " ")

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
    ["parked", state === "PARKED" ? onOneLine(parkReason ?? "no reason was recorded") : undefined],
    ["failure", failure && onOneLine(`${failure.code} at ${failure.step}: ${failure.message}`)],
    [
      "problem",
      problem && onOneLine(`${problem.step} ${problem.outcome}${problem.detail ? `: ${problem.detail}` : ""}`)
    ]
  ]
  return [
    ...facts.flatMap(([name, text]) => (text === undefined ? [] : [`${name.padEnd(13)} ${text}`])),
    "",
    ...timelinePicture(timeline, { atMs: nowMs, says: PRESENTLY[state] }, terminal)
  ]
}

export const showCommand = Command.make(
  "show",
  { order: orderArgument, organization },
  Effect.fn("valerix saga show")(function* ({ order, organization: of }) {
    yield* withSagas(
      Effect.gen(function* () {
        const find = yield* FindSagas
        const found = Option.getOrUndefined(yield* find.one(order, Option.getOrUndefined(of)))
        if (found === undefined) return yield* new OrderUnknown({ orderId: order })
        yield* Console.log(sagaText(found, terminalOf(process.stdout)).join("\n"))
      })
    )
  })
).pipe(
  Command.withDescription("Show where an order stands, and draw everything that was tried and done"),
  Command.withExamples([
    {
      command: "valerix saga show 01900000-0000-7000-8000-00000000000a",
      description: "Also of an order that has ended"
    }
  ])
)
