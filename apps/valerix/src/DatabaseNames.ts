/** The databases: one per service, and the mock provider's own. */
export const DATABASES = ["orders", "inventory", "payments", "checkout", "mock_provider"] as const
export type DatabaseName = (typeof DATABASES)[number]
