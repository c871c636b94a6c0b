import { TenantDatabase } from "@valerix/database"
import { Effect, Layer } from "effect"
import { ORDER_SAGA_VERSION } from "../../application/OrderSagaVersion.ts"
import { OrderLedger } from "../../application/ports/OrderLedger.ts"
import { beginEntries } from "./BeginEntries.ts"
import { abandonUnlessConcluded, concludeAuthorizations } from "./ConcludeAuthorizations.ts"
import { readLedger } from "./ReadLedger.ts"
import { recallEntry } from "./RecallEntry.ts"
import { requestCancel } from "./RequestCancel.ts"
import { abandonExpired, forgetSettled } from "./SweepLeases.ts"

export const OrderLedgerPostgres = Layer.effect(
  OrderLedger,
  Effect.map(TenantDatabase, (database) =>
    OrderLedger.of({
      begin: beginEntries(database, ORDER_SAGA_VERSION),
      recall: recallEntry(database),
      conclude: concludeAuthorizations(database),
      abandonUnlessConcluded: abandonUnlessConcluded(database),
      abandonExpired: abandonExpired(database),
      forgetSettled: forgetSettled(database),
      requestCancel: requestCancel(database, ORDER_SAGA_VERSION),
      ...readLedger(database)
    })
  )
)
