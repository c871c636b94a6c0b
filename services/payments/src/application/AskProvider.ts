import { unavailable } from "@valerix/saga"
import { Effect, Result } from "effect"
import type { PaymentProvider, ProviderRequest, Unanswered } from "./ports/PaymentProvider.ts"
import type { Question } from "./ProviderQuestion.ts"
import {
  authorizeReply,
  captureReply,
  findCaptureReply,
  refundReply,
  type Reply,
  voidReply
} from "./ProviderReply.ts"

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
    asked: ReadonlyArray<readonly [position: number, request: Request]>,
    ask: (requests: ReadonlyArray<Request>) => Effect.Effect<ReadonlyArray<Answer>>,
    replyOf: (answer: Answer | Unanswered, request: Request) => Reply
  ) =>
    asked.length === 0
      ? Effect.void
      : ask(asked.map(([, request]) => request)).pipe(
          Effect.timeoutOrElse({ duration: ANSWER_LIMIT_MS, orElse: () => Effect.succeed<ReadonlyArray<Answer>>([]) }),
          Effect.catchDefect((defect) =>
            Effect.as(Effect.logError("The payment provider's client failed", defect), [] as ReadonlyArray<Answer>)
          ),
          Effect.map((answers) => {
            asked.forEach(([position, request], index) => {
              replies[position] = replyOf(answers[index] ?? NO_ANSWER, request)
            })
          })
        )
  const { authorize, capture, find, refund, voided } = sorted(questions)
  return Effect.as(
    Effect.all(
      [
        answered(authorize, provider.authorize, authorizeReply),
        answered(capture, provider.capture, (answer, { amountMinor }) => captureReply(amountMinor)(answer)),
        answered(voided, provider.void, voidReply),
        answered(find, provider.lookup, findCaptureReply),
        answered(refund, provider.refund, refundReply)
      ],
      { concurrency: "unbounded", discard: true }
    ),
    replies
  )
}

/** Nothing is known, and nothing can be recorded. */
export const noReply: Reply = { record: Result.succeed, otherwise: unavailable("the provider was not asked") }

const NO_ANSWER: Unanswered = { _tag: "Unanswered", reason: "the provider's client did not answer" }

type Asked<Tag extends Question["_tag"]> = ReadonlyArray<
  readonly [position: number, request: Extract<Question, { readonly _tag: Tag }>["request"]]
>

const sorted = (questions: ReadonlyArray<Question>) => {
  const of = <Tag extends Question["_tag"]>(tag: Tag): Asked<Tag> =>
    questions.flatMap((question, position) => (isAbout(question, tag) ? [[position, question.request] as const] : []))
  return {
    authorize: of("Authorize"),
    capture: of("Capture"),
    voided: of("Void"),
    find: of("FindCapture"),
    refund: of("Refund")
  }
}

const isAbout = <Tag extends Question["_tag"]>(
  question: Question,
  tag: Tag
): question is Extract<Question, { readonly _tag: Tag }> => question._tag === tag
