import { Effect } from "effect"
import { monotonicMs } from "./MonotonicMs.ts"
import { onePerCommand } from "./OnePerCommand.ts"
import { type Outcome, unavailable } from "./Outcome.ts"
import type { SagaItem, VectorCommand } from "./SagaDefinition.ts"
import { withinLimit } from "./WithinLimit.ts"

export interface VectorAnswers {
  readonly outcomes: ReadonlyArray<Outcome>
  readonly durationMs: number
}

/** Asks a participant, and has an outcome per saga by the limit at the latest, whatever the participant does. */
export const callVector = Effect.fnUntraced(function* <Data>(
  command: VectorCommand<Data>,
  items: ReadonlyArray<SagaItem<Data>>,
  limitMs: number
) {
  const answers: VectorAnswers = { outcomes: [], durationMs: 0 }
  if (items.length === 0) return answers
  const startedMs = yield* monotonicMs
  const allUnavailable = (reason: string): ReadonlyArray<Outcome> => items.map(() => unavailable(reason))
  const answered = Effect.suspend(() => command(items)).pipe(
    Effect.flatMap((outcomes) => onePerCommand(outcomes, items.length)),
    Effect.catchCause((cause) =>
      Effect.as(Effect.logError("A participant failed unexpectedly", cause), allUnavailable("unexpected error"))
    )
  )
  const outcomes = yield* withinLimit(answered, limitMs, () => allUnavailable(`no answer in ${limitMs} ms`))
  return { outcomes, durationMs: (yield* monotonicMs) - startedMs }
})
