import type { Delivery } from "../request/Draft.ts"
import { type Mutation, mutation } from "./Mutation.ts"

const delivered = (name: string, delivery: (below: (count: number) => number) => Delivery): Mutation =>
  mutation(name, (draft, dice) => ({ ...draft, delivery: delivery((count) => dice.below(count)) }))

/** Connections that are slow, break off, or do not wait. */
export const connection: ReadonlyArray<Mutation> = [
  delivered("a slow request", (below) => ({ type: "slow", pieces: 2 + below(20), pauseMs: 1 + below(15) })),
  delivered("a request that is cut", (below) => ({ type: "stops", after: 1 + below(999), lastly: "cut" })),
  delivered("a request that ends too early", (below) => ({ type: "stops", after: 1 + below(999), lastly: "end" })),
  delivered("a request that never ends", (below) => ({ type: "stops", after: below(999), lastly: "wait" })),
  delivered("a caller that leaves", () => ({ type: "leaves" })),
  delivered("the same twice at once", () => ({ type: "twice" }))
]
