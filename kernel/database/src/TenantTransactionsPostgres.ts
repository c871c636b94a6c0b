import { TenantTransactions } from "@valerix/tenancy"
import { Effect, Layer } from "effect"
import { TenantDatabase } from "./TenantDatabase.ts"

/** The transactions of the service's database. A layer of its own each time, because a program has several databases. */
export const layerTenantTransactionsPostgres = () =>
  Layer.effect(
    TenantTransactions,
    Effect.map(TenantDatabase, ({ transaction }) => TenantTransactions.of({ run: transaction }))
  )
