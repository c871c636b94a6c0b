import {
  Currency,
  CustomerId,
  MinorUnits,
  makeProductId,
  OrganizationId,
  type ProductId,
  Quantity,
  uuidV7
} from "@valerix/money-and-ids"
import type { Tenant } from "@valerix/tenancy"
import { Effect } from "effect"
import { RequestDigestSha256 } from "../../src/adapters/RequestDigestSha256.ts"
import type { NewEntry } from "../../src/application/ports/OrderLedger.ts"
import { RequestDigest } from "../../src/application/ports/RequestDigest.ts"
import { canonicalForm } from "../../src/domain/CanonicalForm.ts"
import type { OrderRequest } from "../../src/domain/OrderRequest.ts"
import type { PricedLine, PricedOrder } from "../../src/domain/PricedOrder.ts"

export const migrations = new URL("../../migrations/", import.meta.url)

export const EUR = Currency.make("EUR")
export const USD = Currency.make("USD")
export const JPY = Currency.make("JPY")

export const makeOrganization = (): OrganizationId => OrganizationId.make(uuidV7())
export const makeCustomer = (): CustomerId => CustomerId.make(uuidV7())
export const tenantOf = (organizationId: OrganizationId, principal = "alice"): Tenant => ({ organizationId, principal })

/** Two products that every catalogue of these tests knows. */
export const MUG: PricedLine = {
  productId: makeProductId(),
  sku: "MUG-1",
  quantity: Quantity.make(3),
  unitPriceMinor: MinorUnits.make(1999)
}
export const PEN: PricedLine = {
  productId: makeProductId(),
  sku: "PEN-1",
  quantity: Quantity.make(1),
  unitPriceMinor: MinorUnits.make(500)
}

export const byId = (productId: ProductId, quantity = 1) => ({
  product: { _tag: "ById" as const, productId },
  quantity: Quantity.make(quantity)
})
export const bySku = (sku: string, quantity = 1) => ({
  product: { _tag: "BySku" as const, sku },
  quantity: Quantity.make(quantity)
})

/** 3 mugs, a pen and shipping: 3 × 19.99 + 5.00 + 4.95 = 69.92 EUR. */
export const sampleRequest = (changes: Partial<OrderRequest> = {}): OrderRequest => ({
  customerId: CustomerId.make("01900000-0000-7000-8000-00000000c001"),
  email: "ada@example.com",
  currency: EUR,
  items: [byId(MUG.productId, 3), byId(PEN.productId)],
  adjustments: [
    { kind: "SHIPPING", amount: { amountMinor: MinorUnits.make(495), currency: EUR }, description: "Parcel" }
  ],
  shippingAddress: { line1: "Rua Augusta 1", city: "Lisbon", country: "PT" },
  payment: { method: "card", token: "tok_good" },
  externalReference: "web-42",
  metadata: { channel: "web" },
  ...changes
})

export const SAMPLE_TOTAL_MINOR = MinorUnits.make(6992)

export const pricedSample = (changes: Partial<OrderRequest> = {}): PricedOrder => ({
  request: sampleRequest(changes),
  currency: EUR,
  lines: [MUG, PEN],
  totalMinor: SAMPLE_TOTAL_MINOR
})

const digest = Effect.runSync(RequestDigest.pipe(Effect.provide(RequestDigestSha256)))

/** What is kept to recognize a request. */
export const hashOf = (request: OrderRequest): string => digest.of(canonicalForm(request))

export const makeKey = (): string => `key-${uuidV7()}`

/** A request that is ready to be accepted; by default of an organization and with a key of its own. */
export const newEntry = (
  changes: Partial<Omit<NewEntry, "order" | "requestHash">> & { readonly request?: Partial<OrderRequest> } = {}
): NewEntry => {
  const { request, ...rest } = changes
  const order = pricedSample(request)
  return {
    tenant: tenantOf(makeOrganization()),
    idempotencyKey: makeKey(),
    correlationId: "req-1",
    ...rest,
    requestHash: hashOf(order.request),
    order
  }
}

/** Another request under the same key. */
export const withOtherBody = (entry: NewEntry): NewEntry => {
  const order = pricedSample({ ...entry.order.request, externalReference: `other than ${entry.requestHash}` })
  return { ...entry, order, requestHash: hashOf(order.request) }
}
