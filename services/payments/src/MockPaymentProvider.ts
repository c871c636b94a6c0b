import { Effect, Layer } from "effect"
import { layerMockProvider } from "./adapters/providers/mock/MockProvider.ts"
import { mockProviderSettings } from "./adapters/providers/mock/MockProviderSettings.ts"
import { layerProviderStatementMock } from "./adapters/providers/mock/ProviderStatementMock.ts"

export { MockProviderFaults } from "./adapters/providers/mock/MockProviderFaults.ts"
export { type MockProviderSettings, mockProviderSettings } from "./adapters/providers/mock/MockProviderSettings.ts"

/** Where the migrations of the mock provider's database are; the service is named `mock_provider`. */
export const mockProviderMigrations = new URL("../mock-provider-migrations/", import.meta.url)

/**
 * The mock provider on its database, with the settings of the environment: what requests are sent to, and its books for
 * checks. Its TenantDatabase is another one than the service's, so give it one with `Layer.fresh`.
 */
export const layerMockPaymentProvider = Layer.mergeAll(
  Layer.unwrap(Effect.map(mockProviderSettings, layerMockProvider)),
  layerProviderStatementMock
)
