import type { Bug } from "./Bug.ts"

/** Orders and inventory. */
export const bugsOfParticipants: ReadonlyArray<Bug> = [
  {
    name: "late-event",
    promise: "An event is told if and only if what it tells of happened.",
    file: "services/orders/src/application/CreateSalesOrders.ts",
    find: "yield* outbox.append(inserted.map(orderCreated))",
    replace: "yield* outbox.append(commands.map(orderCreated))"
  },
  {
    name: "event-outside-the-transaction",
    promise: "An event is written with the change that it tells of.",
    file: "services/orders/src/application/MoveSalesOrders.ts",
    find: "yield* outbox.append(moved.map(move.event))",
    replace: "yield* Effect.forkDetach(Effect.andThen(Effect.sleep(1), outbox.append(moved.map(move.event))))"
  },
  {
    name: "reserved-twice",
    promise: "A reserve that is repeated takes nothing again.",
    file: "services/inventory/src/application/ReserveStock.ts",
    find: "yield* reservations.earlierDecisions([...admitted.values()])",
    replace: "yield* reservations.earlierDecisions([])"
  },
  {
    name: "last-line-counts",
    promise: "A product in two lines counts as their sum.",
    file: "services/inventory/src/domain/Allocation.ts",
    find: "(quantities.get(productId) ?? 0) + quantity",
    replace: "quantity"
  },
  {
    name: "refused-takes-from-the-next",
    promise: "A refused order takes nothing from the next.",
    file: "services/inventory/src/domain/Allocation.ts",
    find: `    if (shortage !== undefined) return { _tag: "Refused", demand, reason: shortage }
    for (const { from, take } of taken) from.available -= take.quantity
`,
    replace: `    for (const { from, take } of taken) from.available -= take.quantity
    if (shortage !== undefined) return { _tag: "Refused", demand, reason: shortage }
`
  }
]
