import type { Bug } from "./Bug.ts"

/** Mistakes that the simulation has to find; each does away with one thing that a promise rests on. */
export const bugs: ReadonlyArray<Bug> = [
  {
    name: "no-tombstone",
    promise: "A forward command that arrives after its undo changes nothing.",
    file: "kernel/saga/src/SagaFencesMemory.ts",
    find: "(fence.isUndone || fence.epoch > command.epoch)",
    replace: "fence.epoch > command.epoch"
  },
  {
    name: "no-release",
    promise: "A failed order holds no stock.",
    file: "kernel/saga/src/SagaDefinition.ts",
    find: "[...definition.compensatable, definition.pivot].map((step) => step.undo).reverse()",
    replace:
      '[...definition.compensatable, definition.pivot].map((step) => step.undo).filter((undo) => undo.name !== "release").reverse()'
  },
  {
    name: "new-key-per-attempt",
    promise: "An order is captured once.",
    file: "services/payments/src/application/ProviderQuestion.ts",
    find: "=> ({ organizationId, key, attempt: attempts })",
    replace: "=> ({ organizationId, key: [key, attempts].join(), attempt: attempts })"
  },
  {
    name: "late-event",
    promise: "An event is told if and only if what it tells of happened.",
    file: "services/orders/src/application/CreateSalesOrders.ts",
    find: "yield* outbox.append(inserted.map(orderCreated))",
    replace: "yield* outbox.append(commands.map(orderCreated))"
  }
]
