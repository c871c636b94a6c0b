import type { TenantTransactions } from "@valerix/tenancy"
import type { Effect } from "effect"
import type { MemoryDatabase } from "./MemoryDatabase.ts"

/** What a way to the database does with a transaction: delays it, say, or loses its answer. */
export type TransactionPath = <A, E, R>(transaction: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** The transactions of a memory database, as one process reaches it. */
export const tenantTransactionsMemory = (
  database: MemoryDatabase,
  path: TransactionPath = directly
): TenantTransactions["Service"] => ({
  run: (organizations) => (body) => path(database.transaction(organizations, body))
})

const directly: TransactionPath = (transaction) => transaction
