import { Effect } from "effect"
import { cancelled, done, notSent, type Outcome, rejected, type SagaItem, unavailable } from "../../src/index.ts"

/** How a participant answers one command; "unanswered" means that it does it, and the answer is lost. */
export type Reply = "done" | "rejected" | "unavailable" | "unanswered" | "not sent"

export interface Call {
  readonly command: string
  readonly sagaId: string
  /** Counts the calls of this command for this saga. */
  readonly attempt: number
}

/** What happened at a participant: once per effect, however often it was asked for. */
export interface Happening {
  readonly command: string
  readonly sagaId: string
}

type Answer = Effect.Effect<ReadonlyArray<Outcome>>

/**
 * A participant in memory, as honest as a real one: it has its own record of what it did, repeats nothing, and keeps a
 * fence per saga, so that a late command and an undo that came first change nothing.
 */
export class Participant<Data> {
  readonly vectors: Array<{ readonly command: string; readonly sagaIds: ReadonlyArray<string> }> = []
  replies: (call: Call) => Reply = () => "done"
  /** What befalls a vector as a whole. */
  fate: (command: string, answer: Answer, items: ReadonlyArray<SagaItem<Data>>) => Answer = (_, answer) => answer

  private readonly held = new Set<string>()
  private readonly fences = new Map<string, { readonly epoch: number; readonly isUndone: boolean }>()
  private readonly attempts = new Map<string, number>()
  private readonly history: Array<Happening>
  readonly names: { readonly command: string; readonly undo: string }

  constructor(command: string, undo: string, history: Array<Happening>) {
    this.names = { command, undo }
    this.history = history
  }

  readonly command = (items: ReadonlyArray<SagaItem<Data>>): Answer =>
    this.answer(this.names.command, items, (item, reply) => this.act(item, reply))

  readonly undo = (items: ReadonlyArray<SagaItem<Data>>): Answer =>
    this.answer(this.names.undo, items, (item, reply) => this.takeBack(item, reply))

  holds(sagaId: string): boolean {
    return this.held.has(sagaId)
  }

  private answer(
    command: string,
    items: ReadonlyArray<SagaItem<Data>>,
    each: (item: SagaItem<Data>, reply: Reply) => Outcome
  ): Answer {
    this.vectors.push({ command, sagaIds: items.map(({ sagaId }) => sagaId) })
    const answer = Effect.sync(() =>
      items.map((item) => {
        const key = `${command} ${item.sagaId}`
        const attempt = (this.attempts.get(key) ?? 0) + 1
        this.attempts.set(key, attempt)
        return each(item, this.replies({ command, sagaId: item.sagaId, attempt }))
      })
    )
    return this.fate(command, answer, items)
  }

  private act({ epoch, sagaId }: SagaItem<Data>, reply: Reply): Outcome {
    if (reply === "not sent") return notSent("connection refused")
    if (reply === "unavailable") return unavailable("overloaded")
    const fence = this.fences.get(sagaId)
    if (fence !== undefined && (fence.isUndone || fence.epoch > epoch)) return cancelled
    this.fences.set(sagaId, { epoch, isUndone: false })
    if (reply === "rejected") return rejected(`no_${this.names.command}`, `There is no ${this.names.command} left.`)
    if (!this.held.has(sagaId)) this.happened(this.names.command, sagaId)
    this.held.add(sagaId)
    return reply === "unanswered" ? unavailable("the answer was lost") : done
  }

  private takeBack({ epoch, sagaId }: SagaItem<Data>, reply: Reply): Outcome {
    if (reply === "not sent") return notSent("connection refused")
    if (reply === "unavailable") return unavailable("overloaded")
    const fence = this.fences.get(sagaId)
    if (fence !== undefined && fence.epoch > epoch) return cancelled
    if (reply === "rejected") return rejected("not_undoable", "Nobody knows how.")
    this.fences.set(sagaId, { epoch, isUndone: true })
    if (this.held.delete(sagaId)) this.happened(this.names.undo, sagaId)
    return reply === "unanswered" ? unavailable("the answer was lost") : done
  }

  private happened(command: string, sagaId: string) {
    this.history.push({ command, sagaId })
  }
}
