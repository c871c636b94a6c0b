import { DEFAULT_CUSTOMER_ID, DEFAULT_PAYMENT, type PlaceOrderRequest } from "@valerix/checkout/contract"
import type { AvailabilityView, ProductView } from "@valerix/inventory/contract"
import { CustomerId, MinorUnits, type Money, QUANTITY_MAX, Quantity } from "@valerix/money-and-ids"
import { Console, Data, Effect, Option, Schema } from "effect"
import { Prompt } from "effect/cli"
import { throughPages } from "../../client/Paging.ts"
import type { ValerixClient } from "../../client/ValerixClient.ts"
import { moneyText } from "../../terminal/MoneyText.ts"
import type { Terminal } from "../../terminal/Terminal.ts"
import { onOneLine, padTo, widthOf } from "../../terminal/Text.ts"
import { availabilityOf } from "../products/Availability.ts"
import { orderLines } from "./OrderText.ts"
import type { RequestFlags } from "./RequestFromFlags.ts"

/** More than that nobody looks through; the others can be named with --item. */
const OFFERED_MAX = 200
const SHOWN_AT_ONCE = 10

type Product = typeof ProductView.Type

/** Whoever was asked has not said yes. */
export class NothingOrdered extends Data.TaggedError("NothingOrdered") {
  override get message(): string {
    return "Nothing was ordered."
  }
}

/** There is nothing to choose from. */
export class NothingOffered extends Data.TaggedError("NothingOffered") {
  override get message(): string {
    return 'There are no products to order. Make one: valerix products create SKU --name "…" --price 19.99 --currency EUR --stock 10'
  }
}

const offered = Effect.fnUntraced(function* (client: ValerixClient) {
  const products: Array<Product> = []
  yield* throughPages(
    OFFERED_MAX,
    (last: Product | undefined, limit) =>
      client.ask(
        client.inventory.listProducts({
          query: { limit, ...(last === undefined ? {} : { cursor: [last.product_id] }) }
        })
      ),
    (page) => Effect.sync(() => void products.push(...page))
  )
  return products.length === 0 ? yield* new NothingOffered() : yield* availabilityOf(client, products)
})

const choicesOf = (stocked: ReadonlyArray<Product & Pick<typeof AvailabilityView.Type, "available">>) => {
  const columns = Math.max(...stocked.map(({ sku }) => widthOf(sku)))
  return stocked.map((product) => ({
    title: `${padTo(product.sku, columns)}  ${onOneLine(product.name)}  ${moneyText(product.price)}  ${product.available} available`,
    value: product
  }))
}

const timesQuantity = ({ amountMinor, currency }: Money, quantity: number): Money => ({
  amountMinor: MinorUnits.make(amountMinor * quantity),
  currency
})

const totalOf = (lines: ReadonlyArray<{ readonly line_total: Money }>): string => {
  const sums = new Map<Money["currency"], number>()
  for (const { line_total } of lines)
    sums.set(line_total.currency, (sums.get(line_total.currency) ?? 0) + line_total.amountMinor)
  return [...sums]
    .map(([currency, amountMinor]) => moneyText({ amountMinor: MinorUnits.make(amountMinor), currency }))
    .join(" + ")
}

const isCustomerId = Schema.is(CustomerId)

const askWho = Effect.fnUntraced(function* (flags: RequestFlags) {
  const customer = Option.isSome(flags.customer)
    ? flags.customer.value
    : yield* Prompt.String({
        message: "Customer",
        default: DEFAULT_CUSTOMER_ID,
        validate: (text) => (isCustomerId(text) ? Effect.succeed(text) : Effect.fail("must be a UUID version 7"))
      })
  const token = Option.isSome(flags.paymentToken)
    ? flags.paymentToken.value
    : yield* Prompt.String({
        message: "Payment token",
        default: DEFAULT_PAYMENT.token,
        validate: (text) => (text.trim() === "" ? Effect.fail("must not be empty") : Effect.succeed(text.trim()))
      })
  return { customer, token }
})

/**
 * Asks what to order: products out of those there are, how many of each, and for whom. Shows what it comes to, and asks
 * whether to send it. What flags have said already is not asked. Fails with `NothingOrdered` when the answer is no.
 */
export const askForOrder = (client: ValerixClient, flags: RequestFlags, terminal: Terminal) =>
  Effect.gen(function* () {
    const choices = choicesOf(yield* offered(client))
    const ordered: Array<{ readonly product: Product; readonly quantity: Quantity }> = []
    do {
      const product = yield* Prompt.AutoComplete({ message: "Product", choices, maxPerPage: SHOWN_AT_ONCE })
      const quantity = yield* Prompt.Int({ message: "How many", min: 1, max: QUANTITY_MAX })
      ordered.push({ product, quantity: Quantity.make(quantity) })
    } while (yield* Prompt.Confirm({ message: "Another product?", initial: false }))
    const { customer, token } = yield* askWho(flags)

    const lines = ordered.map(({ product, quantity }) => ({
      sku: product.sku,
      quantity,
      unit_price: product.price,
      line_total: timesQuantity(product.price, quantity)
    }))
    yield* Console.log(["", ...orderLines(lines, terminal), "", `total  ${totalOf(lines)}`, ""].join("\n"))
    if (!(yield* Prompt.Confirm({ message: "Order this?", initial: true }))) return yield* new NothingOrdered()

    const email = Option.getOrUndefined(flags.email)
    const external_reference = Option.getOrUndefined(flags.reference)
    const request: PlaceOrderRequest = {
      customer_id: CustomerId.make(customer),
      items: ordered.map(({ product, quantity }) => ({ product_id: product.product_id, quantity })),
      payment: { method: DEFAULT_PAYMENT.method, token },
      ...(email === undefined ? {} : { email }),
      ...(external_reference === undefined ? {} : { external_reference })
    }
    return request
  }).pipe(Effect.catchTag("QuitError", () => Effect.fail(new NothingOrdered())))
