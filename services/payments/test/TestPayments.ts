import { Currency, MinorUnits, makeOrderId, OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Context, Layer } from "effect"
import type { AuthorizePayment } from "../src/contract/index.ts"
import { mockProviderMigrations, paymentsMigrations } from "../src/Migrations.ts"
import { layerMockPaymentProvider, layerPayments, type MockProviderSettings } from "../src/Payments.ts"

/** The mock provider's database, with the rights of its owner. */
export class ProviderBooks extends Context.Service<ProviderBooks, OwnerDatabase["Service"]>()(
  "@valerix/payments/test/ProviderBooks"
) {}

const PATIENT: MockProviderSettings = { latencyMs: 0, failureRate: 0, declineRate: 0, seed: "tests", timeoutMs: 20_000 }

/** The mock provider on a database of its own. Its callers wait long, so that a test decides when an answer comes. */
export const testProvider = (settings: Partial<MockProviderSettings> = {}) =>
  Layer.mergeAll(
    layerMockPaymentProvider({ ...PATIENT, ...settings }),
    Layer.effect(ProviderBooks, OwnerDatabase)
  ).pipe(
    // Fresh, or it would be given the TenantDatabase that was built first: layers are built once per program.
    Layer.provide(Layer.fresh(testDatabase("mock_provider", mockProviderMigrations)))
  )

/** The payments service on a database of its own, with the mock provider on another. */
export const testPayments = (settings: Partial<MockProviderSettings> = {}) =>
  layerPayments.pipe(
    Layer.provideMerge(testProvider(settings)),
    Layer.provideMerge(testDatabase("payments", paymentsMigrations))
  )

export const makeOrganizationId = () => OrganizationId.make(uuidV7())

/** A payment of 19.99 EUR with a card that is good, of an organization and an order of its own. */
export const aPayment = (differences: Partial<AuthorizePayment> = {}): AuthorizePayment => ({
  organizationId: makeOrganizationId(),
  orderId: makeOrderId(),
  generation: 1,
  epoch: 0,
  correlationId: "test",
  customerId: uuidV7(),
  amountMinor: MinorUnits.make(1_999),
  currency: Currency.make("EUR"),
  method: "card",
  token: "tok_good",
  ...differences
})
