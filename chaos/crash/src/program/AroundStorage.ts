import type { CheckoutStorage } from "@valerix/checkout"
import { OrderLedger, OrderSagaStore } from "@valerix/checkout/memory"
import { DatabaseUnavailable } from "@valerix/database"
import type { SagaStore, Transition } from "@valerix/saga"
import { Context, Effect, Layer } from "effect"
import { between } from "./CrashPoint.ts"
import type { Operation } from "./Operations.ts"

type Conclusions = Parameters<OrderLedger["Service"]["conclude"]>[0]

/** One in so many conclusions loses its answer, where answers are to be lost. */
const LOST_EVERY = 4

/**
 * What checkout keeps its data in, with a boundary before and after each write. `losesAnswers`: now and then a conclusion
 * is written and its answer lost, as when the connection dies after the COMMIT.
 */
export const aroundStorage = (storage: typeof CheckoutStorage, losesAnswers: boolean): typeof CheckoutStorage =>
  Layer.unwrap(
    Effect.map(Layer.build(storage), (context) =>
      Layer.succeedContext(
        context.pipe(
          Context.add(OrderLedger, aroundLedger(Context.get(context, OrderLedger), losesAnswers)),
          Context.add(OrderSagaStore, aroundSagas(Context.get(context, OrderSagaStore)))
        )
      )
    )
  )

const aroundLedger = (real: OrderLedger["Service"], losesAnswers: boolean) => {
  let concluded = 0
  const conclude = (conclusions: Conclusions) =>
    Effect.tap(real.conclude(conclusions), () => {
      concluded += 1
      return losesAnswers && concluded % LOST_EVERY === 0 ? answerLost : Effect.void
    })
  return OrderLedger.of({
    ...real,
    begin: (entries, leaseMs) => between(["ledger.begin"], real.begin(entries, leaseMs)),
    conclude: (conclusions) => between(conclusionsOf(conclusions), conclude(conclusions)),
    abandonUnlessConcluded: (conclusions, reason) =>
      between(["ledger.abandonUnlessConcluded"], real.abandonUnlessConcluded(conclusions, reason)),
    abandonExpired: (options) =>
      between(["ledger.abandonExpired"], real.abandonExpired(options), (abandoned) =>
        abandoned.length > 0 ? ["ledger.abandonExpired"] : []
      ),
    forgetSettled: (settled) =>
      between(settled.length > 0 ? ["ledger.forgetSettled"] : [], real.forgetSettled(settled)),
    requestCancel: (organizationId, orderId) =>
      between(["ledger.requestCancel"], real.requestCancel(organizationId, orderId))
  })
}

const answerLost = Effect.die(new DatabaseUnavailable({ reason: "the answer was lost on purpose", cause: undefined }))

const conclusionsOf = (conclusions: Conclusions): ReadonlyArray<Operation> => [
  ...new Set(conclusions.map(({ _tag }) => CONCLUSIONS[_tag]))
]

const CONCLUSIONS = {
  Authorized: "ledger.conclude AUTHORIZED",
  Declined: "ledger.conclude DECLINED",
  Abandoned: "ledger.conclude ABANDONED"
} as const satisfies Record<Conclusions[number]["_tag"], Operation>

const aroundSagas = (real: SagaStore): SagaStore => ({
  ...real,
  claim: (options) =>
    between(["saga.claim"], real.claim(options), (claimed) => (claimed.length > 0 ? ["saga.claim"] : [])),
  renew: (leases, leaseMs) => between(["saga.renew"], real.renew(leases, leaseMs)),
  record: (transitions) => between(transitionsOf(transitions), real.record(transitions))
})

const transitionsOf = (transitions: ReadonlyArray<Transition>): ReadonlyArray<Operation> => [
  ...new Set(transitions.flatMap(({ change }) => transitionOf(change)))
]

/** A saga is parked only where a person has to look; no load reaches that, so it has no boundary. */
const transitionOf = (change: Transition["change"]): ReadonlyArray<Operation> => {
  switch (change._tag) {
    case "Advance":
      return ADVANCES.flatMap(({ operation, status }) => (status === change.status ? [operation] : []))
    case "Complete":
      return ["saga.record COMPLETED"]
    case "Compensate":
      return ["saga.record COMPENSATING"]
    case "Fail":
      return ["saga.record FAILED"]
    case "Retry":
      return ["saga.record retry"]
    case "Park":
      return []
  }
}

const ADVANCES = [
  { status: "ORDER_CREATED", operation: "saga.record ORDER_CREATED" },
  { status: "INVENTORY_RESERVED", operation: "saga.record INVENTORY_RESERVED" },
  { status: "PAYMENT_CAPTURED", operation: "saga.record PAYMENT_CAPTURED" }
] as const
