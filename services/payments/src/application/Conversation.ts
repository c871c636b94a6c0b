import { Outbox } from "@valerix/messaging"
import { type Outcome, SagaFences, unavailable } from "@valerix/saga"
import { TenantTransactions } from "@valerix/tenancy"
import { Context, Effect, Fiber, Layer, Result, type Scope } from "effect"
import type { Payment } from "../domain/Payment.ts"
import { askProvider, noReply } from "./AskProvider.ts"
import type { FencedPayment } from "./FencedPayment.ts"
import { eventsOf } from "./PaymentEvents.ts"
import type { Question } from "./ProviderQuestion.ts"
import type { Reply } from "./ProviderReply.ts"
import { PaymentProvider } from "./ports/PaymentProvider.ts"
import { type LockedPayment, PaymentRepository } from "./ports/PaymentRepository.ts"

/** What becomes of a command: it is answered, or the provider has to be asked first. */
export type Turn<A> =
  | { readonly _tag: "Answer"; readonly answer: A }
  | { readonly _tag: "Ask"; readonly payment: Payment; readonly question: Question }

export const answer = <A>(value: A): Turn<A> => ({ _tag: "Answer", answer: value })

export interface ConversationCommand extends FencedPayment {
  readonly correlationId: string | undefined
}

/** What a conversation is kept in, inside a transaction. */
export interface Books {
  readonly fences: SagaFences["Service"]
  readonly payments: PaymentRepository["Service"]
  readonly outbox: Outbox["Service"]
}

export interface RepliedPayment {
  readonly asked: Question["_tag"]
  readonly isUndone: boolean
  readonly payment: Payment
  readonly otherwise: Outcome
}

/** Whether a command may go on; a payment that it has just added is nobody else's to change yet. */
export type Entry = boolean | Payment

/** How one kind of command is carried out. Its functions are pure; they see payments that are locked. */
export interface Script<Command extends ConversationCommand, A> {
  /** Passes the fence, and adds what has to be there. */
  readonly enter: (books: Books, commands: ReadonlyArray<Command>) => Effect.Effect<ReadonlyArray<Entry>>
  /** What a command gets that may not go on. */
  readonly refused: A
  readonly open: (command: Command, locked: LockedPayment | undefined) => Turn<A>
  /**
   * What follows when the answer to a question has been taken in, which gave `payment`; `otherwise` is what to tell the
   * caller if the payment did not get on by it.
   */
  readonly next: (command: Command, replied: RepliedPayment) => Turn<A>
  /** What a command gets for which all rounds were not enough. */
  readonly unfinished: A
}

/** More than any command takes: authorize, void, find the capture, refund. */
const ROUNDS_MAX = 6

interface Asking<Command> {
  readonly position: number
  readonly command: Command
  readonly question: Question
}

/**
 * Carries commands out: a transaction that passes the fence and writes down what will be asked, then questions to the
 * provider outside of any transaction, and after each round of them a transaction that records the answers and writes
 * down what will be asked next. Each command of a vector names another payment.
 */
export class Conversation extends Context.Service<
  Conversation,
  {
    readonly hold: <Command extends ConversationCommand, A>(
      commands: ReadonlyArray<Command>,
      script: Script<Command, A>
    ) => Effect.Effect<ReadonlyArray<A>>
  }
>()("@valerix/payments/application/Conversation") {
  static readonly layer = Layer.effect(
    Conversation,
    Effect.gen(function* () {
      const parties: Parties = {
        provider: yield* PaymentProvider,
        transactions: yield* TenantTransactions,
        books: { fences: yield* SagaFences, payments: yield* PaymentRepository, outbox: yield* Outbox },
        scope: yield* Effect.scope
      }
      return Conversation.of({ hold: (commands, script) => hold(parties, commands, script) })
    })
  )
}

/** Between whom a conversation is. */
interface Parties {
  readonly books: Books
  readonly provider: PaymentProvider["Service"]
  readonly transactions: TenantTransactions["Service"]
  /** In which questions are asked that nobody may wait for any more. */
  readonly scope: Scope.Scope
}

const hold = Effect.fnUntraced(function* <Command extends ConversationCommand, A>(
  { books, provider, scope, transactions }: Parties,
  commands: ReadonlyArray<Command>,
  script: Script<Command, A>
) {
  const transaction = transactions.run(commands.map(({ organizationId }) => organizationId))
  const answers = commands.map(() => script.unfinished)
  let asking = place(answers, yield* transaction(openAll(books, commands, script)))
  for (let round = 1; asking.length > 0 && round <= ROUNDS_MAX; round += 1) {
    const asked = asking
    const questions = asked.map(({ question }) => question)
    const asksAndRecords = Effect.flatMap(askProvider(provider, questions), (replies) =>
      transaction(recordAll(books, asked, replies, script))
    )
    // What was asked is recorded when the answer comes, also when the caller has stopped waiting for it.
    const turns = yield* Effect.flatMap(Effect.forkIn(asksAndRecords, scope), Fiber.join)
    asking = place(answers, turns)
  }
  return answers
})

type Turns<Command, A> = ReadonlyArray<{ readonly position: number; readonly command: Command; readonly turn: Turn<A> }>

/** Puts answers in their places and gives what is still to be asked. */
const place = <Command, A>(answers: Array<A>, turns: Turns<Command, A>): ReadonlyArray<Asking<Command>> =>
  turns.flatMap(({ command, position, turn }) => {
    if (turn._tag === "Ask") return [{ position, command, question: turn.question }]
    answers[position] = turn.answer
    return []
  })

const openAll = Effect.fnUntraced(function* <Command extends ConversationCommand, A>(
  books: Books,
  commands: ReadonlyArray<Command>,
  script: Script<Command, A>
) {
  const entries = yield* script.enter(books, commands)
  const present = commands.filter((_, position) => entries[position] === true)
  const found = new Map(zip(present, yield* books.payments.lock(present)))
  const turns = commands.map((command, position) => {
    const entry = entries[position] ?? false
    const locked = typeof entry === "boolean" ? found.get(command) : isNew(entry)
    const turn = entry === false ? answer(script.refused) : script.open(command, locked)
    return { position, command, turn, before: locked?.payment }
  })
  yield* save(
    books,
    turns.map(({ before, command, turn }) => ({ command, before, after: turn._tag === "Ask" ? turn.payment : before }))
  )
  return turns
})

const isNew = (payment: Payment): LockedPayment => ({ payment, isUndone: false, capturedGeneration: undefined })

const zip = <A, B>(left: ReadonlyArray<A>, right: ReadonlyArray<B>): ReadonlyArray<readonly [A, B | undefined]> =>
  left.map((one, index) => [one, right[index]])

const recordAll = Effect.fnUntraced(function* <Command extends ConversationCommand, A>(
  books: Books,
  asked: ReadonlyArray<Asking<Command>>,
  replies: ReadonlyArray<Reply>,
  script: Script<Command, A>
) {
  const found = yield* books.payments.lock(asked.map(({ command }) => command))
  const turns = yield* Effect.forEach(asked, ({ command, position, question }, index) => {
    const locked = found[index]
    return locked === undefined
      ? Effect.die(new Error(`The payment of order ${command.orderId} has vanished.`))
      : Effect.map(takeIn(locked.payment, replies[index] ?? noReply), ({ otherwise, payment }) => {
          const { isUndone } = locked
          const turn = script.next(command, { asked: question._tag, isUndone, payment, otherwise })
          const after = turn._tag === "Ask" ? turn.payment : payment
          return { position, command, turn, before: locked.payment, after }
        })
  })
  yield* save(books, turns)
  return turns
})

/** Takes an answer in. One that contradicts an earlier one changes nothing, and is reported as an error. */
const takeIn = (payment: Payment, reply: Reply) => {
  const recorded = reply.record(payment)
  return Result.isSuccess(recorded)
    ? Effect.succeed({ payment: recorded.success, otherwise: reply.otherwise })
    : Effect.as(Effect.logError(`The payment provider contradicts itself: ${recorded.failure.message}`), {
        payment,
        otherwise: unavailable("the payment provider contradicts itself")
      })
}

/** Writes what was changed, with the events that it is. */
const save = Effect.fnUntraced(function* (
  books: Books,
  changes: ReadonlyArray<{
    readonly command: ConversationCommand
    readonly before: Payment | undefined
    readonly after: Payment | undefined
  }>
) {
  const real = changes.flatMap(({ after, before, command }) =>
    before === undefined || after === undefined || after === before ? [] : [{ before, after, command }]
  )
  yield* books.payments.save(real)
  yield* books.outbox.append(real.flatMap((change) => eventsOf(change, change.command.correlationId)))
})
