import { makeSagaStorePostgres } from "@valerix/saga"
import { Layer } from "effect"
import { OrderSagaStore } from "../../application/ports/OrderSagaStore.ts"
import { EXECUTION_STATUSES } from "../../domain/LedgerStatus.ts"

export const OrderSagaStorePostgres = Layer.effect(
  OrderSagaStore,
  makeSagaStorePostgres(
    { ledger: "order_ledger", queue: "saga_queue", timeline: "order_timeline", id: "order_id" },
    EXECUTION_STATUSES
  )
)
