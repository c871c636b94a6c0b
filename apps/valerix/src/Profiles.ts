/**
 * Names for sets of environment variables. A profile says nothing that the variables could not say by themselves, and one
 * that is set wins over it.
 */
export const PROFILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  /** Three small services to try fault tolerance with; docs/s3.md tells of them. */
  s3: {
    SHORT_ORDERS_PORT: "5001",
    SHORT_INVENTORY_PORT: "5002",
    SHORT_PAYMENTS_PORT: "5003",
    DEMO_PRODUCTS: "true",
    GREMLIN: "true",
    MOCK_DECLINE_RATE: "0.1"
  }
}
