import type { Bug } from "./Bug.ts"

/** Acceptance, and the sweep behind it. */
export const bugsOfEdge: ReadonlyArray<Bug> = [
  {
    name: "concluded-after-abandonment",
    promise: "An order is accepted only on a live authorization.",
    file: "services/checkout/src/adapters/memory/OrderLedgerMemory.ts",
    find: `      entry.status === "AWAITING_AUTHORIZATION" &&
      !entry.isAbandoned
`,
    replace: `      entry.status === "AWAITING_AUTHORIZATION"
`
  },
  {
    name: "sweep-without-compare-and-set",
    promise: "The sweep abandons an authorization before it settles it.",
    file: "services/checkout/src/adapters/memory/OrderLedgerMemory.ts",
    find: 'if (isPresent && entry.status === "AWAITING_AUTHORIZATION") this.abandon(entry)',
    replace: 'if (isPresent && entry.status === "AWAITING_AUTHORIZATION") return [authorization]'
  },
  {
    name: "any-generation-concludes",
    promise: "An answer concludes the authorization that it is about.",
    file: "services/checkout/src/adapters/memory/OrderLedgerMemory.ts",
    find: `      entry.generation === conclusion.generation &&
      entry.status`,
    replace: "      entry.status"
  },
  {
    name: "forgotten-unsettled",
    promise: "An abandoned authorization is settled until it is.",
    file: "services/checkout/src/application/SweepAbandoned.ts",
    find: 'abandoned.filter((_, index) => outcomes[index]?._tag === "Done")',
    replace: "abandoned"
  },
  {
    name: "key-without-body",
    promise: "The same key with another body is refused.",
    file: "services/checkout/src/adapters/memory/OrderLedgerMemory.ts",
    find: 'if (entry.request.requestHash !== requestHash) return { _tag: "KeyReused" }',
    replace: ""
  },
  {
    name: "unknown-is-accepted",
    promise: "A commit without an answer is looked up before anybody is told.",
    file: "services/checkout/src/application/AcceptOrders.ts",
    find: 'failed: (reason) => ({ _tag: "Unknown", reason })',
    replace: "failed: () => KEPT"
  },
  {
    name: "first-generation-captured",
    promise: "The money of the live authorization is captured.",
    file: "services/checkout/src/application/OrderSaga.ts",
    find: "generation: item.data.generation",
    replace: "generation: 1"
  }
]
