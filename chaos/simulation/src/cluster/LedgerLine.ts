import { OrderLedger, type OrderLedgerMemory, OrderSagaStore } from "@valerix/checkout/memory"
import type { Recorded, Transition } from "@valerix/saga"
import { Context, Effect } from "effect"
import type { MessageTrouble } from "../world/Network.ts"
import type { SimulatedProcess } from "../world/SimulatedProcess.ts"
import type { World } from "../world/World.ts"
import { databaseLine } from "./DatabaseLine.ts"
import { orderNumber } from "./OrderIds.ts"

/** The ledger and its sagas as a process reaches them in their database. */
export const ledgerFrom = (
  world: World,
  from: SimulatedProcess,
  { ledger, sagas }: OrderLedgerMemory,
  at: SimulatedProcess,
  trouble: MessageTrouble
): Context.Context<OrderLedger | OrderSagaStore> => {
  const call = databaseLine(world, from, at, trouble)
  const over =
    <Arguments extends ReadonlyArray<unknown>, A>(about: string, method: (...given: Arguments) => Effect.Effect<A>) =>
    (...given: Arguments): Effect.Effect<A> =>
      call(about, method(...given))
  return Context.make(OrderLedger, {
    begin: over("begin", ledger.begin),
    recall: over("recall", ledger.recall),
    conclude: over("conclude", ledger.conclude),
    abandonUnlessConcluded: over("abandon unless concluded", ledger.abandonUnlessConcluded),
    abandonExpired: over("abandon expired", ledger.abandonExpired),
    forgetSettled: over("forget settled", ledger.forgetSettled),
    find: over("find", ledger.find),
    load: over("load", ledger.load),
    list: over("list", ledger.list),
    walk: over("walk", ledger.walk),
    timeline: over("timeline", ledger.timeline),
    statuses: over("statuses", ledger.statuses),
    requestCancel: over("request cancel", ledger.requestCancel)
  }).pipe(
    Context.add(OrderSagaStore, {
      claim: over("claim", sagas.claim),
      renew: over("renew", sagas.renew),
      record: (transitions) =>
        Effect.tap(call("record", sagas.record(transitions)), (recorded) =>
          Effect.sync(() => tellTransitions(world, from, transitions, recorded))
        ),
      nextDueMs: call("next due", sagas.nextDueMs),
      unfinishedVersions: call("unfinished versions", sagas.unfinishedVersions)
    })
  )
}

/** What a worker did and came to, an order a line. */
const tellTransitions = (
  world: World,
  { name }: SimulatedProcess,
  transitions: ReadonlyArray<Transition>,
  recorded: ReadonlyArray<Recorded>
): void => {
  transitions.forEach(({ attempts, change, expectedStatus, sagaId }, index) => {
    world.tell(name, () => {
      const tried = attempts.map(
        ({ detail, outcome, step }) => `${step} ${outcome}${detail === undefined ? "" : ` (${detail})`}`
      )
      const result = recorded[index]
      const became = result?._tag === "Applied" ? result.status : "lost to another worker"
      return `order ${orderNumber(sagaId)}, ${expectedStatus}: ${[...tried, change._tag].join(", ")}: ${became}`
    })
  })
}
