import { Layer } from "effect"
import { layerMockProvider } from "./adapters/providers/mock/MockProvider.ts"
import { MockProviderFaults } from "./adapters/providers/mock/MockProviderFaults.ts"
import type { MockProviderSettings } from "./adapters/providers/mock/MockProviderSettings.ts"
import { layerProviderStatementMock } from "./adapters/providers/mock/ProviderStatementMock.ts"

export { MockProviderFaults } from "./adapters/providers/mock/MockProviderFaults.ts"
export type { MockProviderSettings } from "./adapters/providers/mock/MockProviderSettings.ts"

/**
 * The mock provider on its database: what requests are sent to, its books for checks, and the control that makes
 * requests go wrong on purpose. Its TenantDatabase is another one than the service's, so build it with `Layer.fresh`.
 */
export const layerMockPaymentProvider = (settings: MockProviderSettings) =>
  Layer.mergeAll(layerMockProvider(settings), layerProviderStatementMock).pipe(
    Layer.provideMerge(MockProviderFaults.layer)
  )
