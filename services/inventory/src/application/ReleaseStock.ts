import { cancelled, done, runVectorInParts } from "@valerix/saga"
import { TenantTransactions } from "@valerix/tenancy"
import { Effect } from "effect"
import type { ReservationCommand } from "../contract/InventoryCommands.ts"
import { type Books, makeBooks } from "./Books.ts"
import { fenced } from "./Fenced.ts"
import { inventoryReleased } from "./InventoryEvents.ts"
import { byOrder, orderKeyOf } from "./OrderKey.ts"

/**
 * Releases what a vector of orders holds. Each leaves a tombstone, whether it held anything or not, so that no reserve
 * that arrives later takes stock for it. An order that held nothing changes no stock and tells nobody. See
 * InventoryCommands.
 */
export const makeReleaseStock = Effect.gen(function* () {
  const transactions = yield* TenantTransactions
  const books = yield* makeBooks

  const releasePart = (commands: ReadonlyArray<ReservationCommand>) =>
    transactions.run(commands.map(({ organizationId }) => organizationId))(release(books, commands))

  return Effect.fn("ReleaseStock.release")((commands: ReadonlyArray<ReservationCommand>) =>
    runVectorInParts(commands, byOrder, releasePart)
  )
})

const release = Effect.fnUntraced(function* (
  { fences, outbox, reservations }: Books,
  commands: ReadonlyArray<ReservationCommand>
) {
  const isAdmitted = yield* fences.undo(commands.map(fenced))
  const admitted = commands.filter((_, index) => isAdmitted[index] === true)
  const released = Map.groupBy(yield* reservations.release(admitted), orderKeyOf)
  yield* outbox.append(
    admitted.flatMap((order) => {
      const lines = released.get(orderKeyOf(order))
      return lines === undefined ? [] : [inventoryReleased(order, lines)]
    })
  )
  return commands.map((_, index) => (isAdmitted[index] === true ? done : cancelled))
})
