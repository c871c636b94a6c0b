import type { Bug } from "./Bug.ts"

/** What keeps late commands out. */
export const bugsOfFences: ReadonlyArray<Bug> = [
  {
    name: "no-tombstone",
    promise: "A forward command that arrives after its undo changes nothing.",
    file: "kernel/saga/src/SagaFencesMemory.ts",
    find: "(fence.isUndone || fence.epoch > command.epoch)",
    replace: "fence.epoch > command.epoch"
  },
  {
    name: "tombstone-only-where-something-was",
    promise: "An undo leaves its tombstone also where it finds nothing to undo.",
    file: "kernel/saga/src/SagaFencesMemory.ts",
    find: "this.rows.set(keyOf(command), { epoch: command.epoch, isUndone: true })",
    replace: "if (fence !== undefined) this.rows.set(keyOf(command), { epoch: command.epoch, isUndone: true })"
  }
]
