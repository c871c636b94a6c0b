import { OrderLedger, type OrderLedgerMemory, OrderSagaStore } from "@valerix/checkout/memory"
import { type Effect, Layer } from "effect"
import type { MessageTrouble } from "../world/Network.ts"
import type { SimulatedProcess } from "../world/SimulatedProcess.ts"
import type { World } from "../world/World.ts"
import { databaseLine } from "./DatabaseLine.ts"

/** The ledger and its sagas as a process reaches them in their database. */
export const layerLedgerFrom = (
  world: World,
  from: SimulatedProcess,
  { ledger, sagas }: OrderLedgerMemory,
  at: SimulatedProcess,
  trouble: MessageTrouble
): Layer.Layer<OrderLedger | OrderSagaStore> => {
  const call = databaseLine(world, from, at, trouble)
  const over =
    <Arguments extends ReadonlyArray<unknown>, A>(about: string, method: (...given: Arguments) => Effect.Effect<A>) =>
    (...given: Arguments): Effect.Effect<A> =>
      call(about, method(...given))
  return Layer.merge(
    Layer.succeed(OrderLedger, {
      begin: over("begin", ledger.begin),
      recall: over("recall", ledger.recall),
      conclude: over("conclude", ledger.conclude),
      abandonUnlessConcluded: over("abandon unless concluded", ledger.abandonUnlessConcluded),
      abandonExpired: over("abandon expired", ledger.abandonExpired),
      forgetSettled: over("forget settled", ledger.forgetSettled),
      find: over("find", ledger.find),
      load: over("load", ledger.load),
      list: over("list", ledger.list),
      timeline: over("timeline", ledger.timeline),
      statuses: over("statuses", ledger.statuses),
      requestCancel: over("request cancel", ledger.requestCancel)
    }),
    Layer.succeed(OrderSagaStore, {
      claim: over("claim", sagas.claim),
      renew: over("renew", sagas.renew),
      record: over("record", sagas.record),
      nextDueMs: call("next due", sagas.nextDueMs),
      unfinishedVersions: call("unfinished versions", sagas.unfinishedVersions)
    })
  )
}
