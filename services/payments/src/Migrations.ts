/** Where the migrations of payments' database are. */
export const paymentsMigrations = new URL("../migrations/", import.meta.url)

/** Where the migrations of the mock provider's database are; the service is named `mock_provider`. */
export const mockProviderMigrations = new URL("../mock-provider-migrations/", import.meta.url)
