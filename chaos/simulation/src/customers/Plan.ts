import type { NewEntry } from "@valerix/checkout/memory"
import { Currency, CustomerId, MinorUnits, OrganizationId, ProductId, Quantity } from "@valerix/money-and-ids"
import type { Choices } from "../world/Choices.ts"
import type { World } from "../world/World.ts"

const EUR = Currency.make("EUR")
const ORGANIZATIONS_MAX = 3
const PRODUCTS = 3
const ORDERS_MAX = 6
const ARRIVALS_MS = 15_000
const AUTHORIZATION_VALIDITY_MS = 7 * 24 * 3_600_000
const CANCELLING_MS = 30_000
const PRICES_MINOR = [1_999, 500, 12_345]

export type UnfitFor = "orders" | "inventory"

/** What a customer will do. */
export interface CustomerPlan {
  readonly name: string
  readonly entry: NewEntry
  /** Another order that the customer sends under the same key, by mistake. */
  readonly mistake: NewEntry | undefined
  /** Whose database refuses the order's data; nobody's when left out. */
  readonly unfitFor: UnfitFor | undefined
  readonly arrivesAfterMs: number
  /** Whether each request is sent twice at once, to two edges. */
  readonly sendsTwice: boolean
  /** How long after the answer the order is cancelled; never when left out. */
  readonly cancelsAfterMs: number | undefined
  /** How often a request without final answer is sent again. */
  readonly patience: number
}

export interface Stock {
  readonly organizationId: OrganizationId
  readonly productId: ProductId
  readonly sku: string
  readonly onHand: number
}

/** Who orders what in a world, and what there is of it. */
export interface Plan {
  readonly stock: ReadonlyArray<Stock>
  readonly customers: ReadonlyArray<CustomerPlan>
  /** How long the provider holds what it authorized. */
  readonly authorizationValidityMs: number
}

const id = (kind: number, number: number): string =>
  `01900000-0000-7000-8${kind.toString().padStart(3, "0")}-${number.toString(16).padStart(12, "0")}`

export const choosePlan = ({ choices }: World): Plan => {
  const organizations = Array.from({ length: 1 + choices.below("organizations", ORGANIZATIONS_MAX) }, (_, index) =>
    OrganizationId.make(id(1, index + 1))
  )
  const stock = organizations.flatMap((organizationId) =>
    Array.from(
      { length: PRODUCTS },
      (_, index): Stock => ({
        organizationId,
        productId: ProductId.make(id(2, index + 1)),
        sku: `SKU-${index + 1}`,
        onHand: choices.below("stock", 12)
      })
    )
  )
  const count = 1 + Math.floor(ORDERS_MAX * choices.fraction("orders") ** 2)
  const isBurst = choices.fraction("burst") < 0.3
  const customers = Array.from({ length: count }, (_, index): ReadonlyArray<CustomerPlan> => {
    const name = `customer ${index + 1}`
    if (!choices.happens(name, 1)) return []
    const organizationId = organizations[choices.below(`${name} organization`, organizations.length)]
    if (organizationId === undefined) return []
    const order = (about: string) => makeEntry(choices, organizationId, index, `${name} ${about}`)
    return [
      {
        name,
        entry: order("order"),
        mistake: choices.happens(`${name} mistake`, 0.08) ? order("mistake") : undefined,
        unfitFor: choices.choose(`${name} is unfit`, { orders: 0.03, inventory: 0.03 }),
        arrivesAfterMs: isBurst ? 0 : choices.below(`${name} arrival`, ARRIVALS_MS),
        sendsTwice: choices.happens(`${name} sends twice`, 0.2),
        cancelsAfterMs: choices.happens(`${name} cancels`, 0.25)
          ? CANCELLING_MS * choices.fraction(`${name} cancels after`) ** 2
          : undefined,
        patience: choices.below(`${name} patience`, 12)
      }
    ]
  })
  const isShort = choices.happens("short authorizations", 0.1)
  const authorizationValidityMs = isShort ? 5_000 + choices.below("validity", 60_000) : AUTHORIZATION_VALIDITY_MS
  return { stock, customers: customers.flat(), authorizationValidityMs }
}

const makeEntry = (choices: Choices, organizationId: OrganizationId, index: number, about: string): NewEntry => {
  const lines = Array.from({ length: 1 + choices.below(`${about} lines`, 3) }, () => {
    const product = choices.below(`${about} product`, PRODUCTS)
    return {
      productId: ProductId.make(id(2, product + 1)),
      sku: `SKU-${product + 1}`,
      quantity: Quantity.make(1 + choices.below(`${about} quantity`, 4)),
      unitPriceMinor: MinorUnits.make(PRICES_MINOR[product] ?? 1)
    }
  })
  const itemsMinor = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0)
  const shippingMinor = choices.oneOf(`${about} shipping`, [0, 495])
  // A total that is none, which orders refuses for good.
  const errorMinor = choices.happens(`${about} has a wrong total`, 0.06) ? 1 : 0
  const isDeclined = choices.happens(`${about} is declined`, 0.1)
  const totalMinor = MinorUnits.make(itemsMinor + shippingMinor + errorMinor)
  return {
    tenant: { organizationId, principal: "customers" },
    idempotencyKey: `key-${index + 1}`,
    requestHash: `${about}-${index + 1}`,
    correlationId: `${about}-${index + 1}`,
    order: {
      currency: EUR,
      lines,
      totalMinor,
      request: {
        customerId: CustomerId.make(id(3, index + 1)),
        email: undefined,
        currency: EUR,
        items: [],
        adjustments: [
          {
            kind: "SHIPPING",
            amount: { amountMinor: MinorUnits.make(shippingMinor), currency: EUR },
            description: undefined
          }
        ],
        shippingAddress: undefined,
        payment: { method: "card", token: isDeclined ? "tok_decline_insufficient" : "tok_good" },
        externalReference: undefined,
        metadata: undefined
      }
    }
  }
}
