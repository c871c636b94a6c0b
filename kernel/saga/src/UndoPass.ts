import { attemptOf, detailOf } from "./AttemptOf.ts"
import type { Outcome } from "./Outcome.ts"
import type { Attempt, ClaimedSaga } from "./SagaStore.ts"

/** One pass over the undos of a saga. */
export class UndoPass {
  readonly attempts: Array<Attempt> = []
  readonly undone: Array<string>
  readonly number: number
  problem: { readonly undo: string; readonly isPermanent: boolean; readonly detail: string } | undefined

  constructor(saga: ClaimedSaga) {
    this.undone = [...saga.undone]
    this.number = saga.attempts + 1
  }

  add(undo: string, outcome: Outcome, durationMs: number): void {
    this.attempts.push(attemptOf(undo, this.number, outcome, durationMs))
    if (outcome._tag === "Done") {
      this.undone.push(undo)
      return
    }
    const isPermanent = outcome._tag === "Rejected"
    // What may still succeed comes first: a saga is parked only when nothing is left that another pass could undo.
    if (this.problem === undefined || (this.problem.isPermanent && !isPermanent)) {
      this.problem = { undo, isPermanent, detail: detailOf(outcome) ?? outcome._tag }
    }
  }
}
