import { jsonOf } from "../request/Json.ts"
import { type Mutation, mutation } from "./Mutation.ts"

/** Keys that several requests use, so that each meets what an earlier one has left. */
const USED_KEYS = ["fuzz-used-1", "fuzz-used-2", "fuzz-used-3"] as const

/** Calls in orders that there are not: again, with another body, too early, too late. */
export const callOrder: ReadonlyArray<Mutation> = [
  mutation("a key that was used", (draft, dice) => {
    if (!draft.headers.some(([name]) => name === "Idempotency-Key")) return undefined
    const key = dice.oneOf(USED_KEYS)
    return {
      ...draft,
      headers: [...draft.headers.filter(([name]) => name !== "Idempotency-Key"), ["Idempotency-Key", key]]
    }
  }),
  mutation("a key that was used, with the same body", (draft, dice) => {
    if (!draft.operation.operation.operationId.endsWith("placeOrder")) return undefined
    const key = dice.oneOf(["fuzz-same-1", "fuzz-same-2"])
    return {
      ...draft,
      caller: "own",
      headers: [
        ["Content-Type", "application/json"],
        ["Idempotency-Key", key]
      ],
      body: jsonOf({ product_id: "FUZZ-1", quantity: 1, external_reference: key }),
      encode: undefined,
      mustBeRefused: undefined
    }
  }),
  mutation("the latest order", (draft) => {
    if (draft.path.every((part) => typeof part === "string")) return undefined
    return {
      ...draft,
      path: draft.path.map((part) =>
        typeof part !== "string" && part.type === "reference" ? { ...part, index: 0 } : part
      )
    }
  })
]
