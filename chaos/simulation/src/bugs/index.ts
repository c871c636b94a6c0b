import type { Bug } from "./Bug.ts"
import { bugsOfEdge } from "./Edge.ts"
import { bugsOfFences } from "./Fences.ts"
import { bugsOfParticipants } from "./Participants.ts"
import { bugsOfPayments } from "./Payments.ts"
import { bugsOfSaga } from "./Saga.ts"

/** Mistakes that the simulation has to find; each does away with one thing that a promise rests on. */
export const bugs: ReadonlyArray<Bug> = [
  ...bugsOfSaga,
  ...bugsOfFences,
  ...bugsOfEdge,
  ...bugsOfParticipants,
  ...bugsOfPayments
]
