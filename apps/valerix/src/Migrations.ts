import { checkoutMigrations } from "@valerix/checkout/migrations"
import { inventoryMigrations } from "@valerix/inventory/migrations"
import { ordersMigrations } from "@valerix/orders/migrations"
import { mockProviderMigrations, paymentsMigrations } from "@valerix/payments/migrations"
import type { DatabaseName } from "./DatabaseNames.ts"

const DIRECTORIES: Readonly<Record<DatabaseName, URL>> = {
  orders: ordersMigrations,
  inventory: inventoryMigrations,
  payments: paymentsMigrations,
  checkout: checkoutMigrations,
  mock_provider: mockProviderMigrations
}

/** The folder of a database's migrations. */
export const migrationsOf = (name: DatabaseName): URL => DIRECTORIES[name]
