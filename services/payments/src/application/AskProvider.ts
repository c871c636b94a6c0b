import { unavailable, withinLimit } from "@valerix/saga"
import { Effect, Result } from "effect"
import type { Question } from "./ProviderQuestion.ts"
import { authorizeReply, captureReply, findCaptureReply, type Reply, refundReply, voidReply } from "./ProviderReply.ts"
import type {
  AuthorizeRequest,
  CaptureRequest,
  PaymentProvider,
  ProviderRequest,
  RefundRequest,
  Unanswered,
  VoidRequest
} from "./ports/PaymentProvider.ts"

/** Far beyond any provider's own deadline: an implementation that breaks its promise to answer holds nobody for ever. */
const ANSWER_LIMIT_MS = 30_000

/**
 * Asks the provider, each kind of question in one vector, and gives one reply per question, in their order. It never
 * fails: an implementation that dies, hangs, or answers fewer items than it was asked has not answered.
 */
export const askProvider = (
  provider: PaymentProvider["Service"],
  questions: ReadonlyArray<Question>
): Effect.Effect<ReadonlyArray<Reply>> => {
  const replies = questions.map(() => noReply)
  const answered = <Request extends ProviderRequest, Answer>(
    asked: Asked<Request>,
    ask: (requests: ReadonlyArray<Request>) => Effect.Effect<ReadonlyArray<Answer>>,
    replyOf: (answer: NoInfer<Answer> | Unanswered, request: Request) => Reply
  ): ReadonlyArray<Effect.Effect<void>> => {
    if (asked.length === 0) return []
    const place = (answers: ReadonlyArray<Answer>): void => {
      for (const [index, [position, request]] of asked.entries()) {
        replies[position] = replyOf(answers[index] ?? NO_ANSWER, request)
      }
    }
    const answers = ask(asked.map(([, request]) => request)).pipe(
      Effect.catchDefect((defect) => Effect.as(Effect.logError("The payment provider's client failed", defect), []))
    )
    return [
      Effect.map(
        withinLimit<ReadonlyArray<Answer>>(answers, ANSWER_LIMIT_MS, () => []),
        place
      )
    ]
  }
  const { authorize, capture, find, refund, voided } = sorted(questions)
  const conversations = [
    ...answered(authorize, provider.authorize, authorizeReply),
    ...answered(capture, provider.capture, (answer, { amountMinor }) => captureReply(amountMinor)(answer)),
    ...answered(voided, provider.void, voidReply),
    ...answered(find, provider.lookup, findCaptureReply),
    ...answered(refund, provider.refund, refundReply)
  ]
  return Effect.as(Effect.all(conversations, { concurrency: conversations.length, discard: true }), replies)
}

/** Nothing is known, and nothing can be recorded. */
export const noReply: Reply = { record: Result.succeed, otherwise: unavailable("the provider was not asked") }

const NO_ANSWER: Unanswered = { _tag: "Unanswered", reason: "the provider's client did not answer" }

type Asked<Request> = Array<readonly [position: number, request: Request]>

const sorted = (questions: ReadonlyArray<Question>) => {
  const authorize: Asked<AuthorizeRequest> = []
  const capture: Asked<CaptureRequest> = []
  const voided: Asked<VoidRequest> = []
  const find: Asked<ProviderRequest> = []
  const refund: Asked<RefundRequest> = []
  for (const [position, question] of questions.entries()) {
    switch (question._tag) {
      case "Authorize":
        authorize.push([position, question.request])
        break
      case "Capture":
        capture.push([position, question.request])
        break
      case "Void":
        voided.push([position, question.request])
        break
      case "FindCapture":
        find.push([position, question.request])
        break
      case "Refund":
        refund.push([position, question.request])
    }
  }
  return { authorize, capture, voided, find, refund }
}
