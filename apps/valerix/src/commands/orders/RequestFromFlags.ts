import { readFile } from "node:fs/promises"
import { resolve } from "node:path"
import { text } from "node:stream/consumers"
import { DEFAULT_CUSTOMER_ID, DEFAULT_PAYMENT, PlaceOrderRequest } from "@valerix/checkout/contract"
import { fieldErrorIn, fieldErrorsOf } from "@valerix/http/contract"
import type { CustomerId } from "@valerix/money-and-ids"
import { Effect, Option, Schema } from "effect"
import { UsageError } from "../../terminal/ExitCodes.ts"
import type { OrderedItem } from "./OrderedItem.ts"

/** What an order is made of when it is not given as a document. */
export interface RequestFlags {
  readonly item: ReadonlyArray<OrderedItem>
  readonly customer: Option.Option<CustomerId>
  readonly paymentToken: Option.Option<string>
  readonly email: Option.Option<string>
  readonly reference: Option.Option<string>
}

const decodeRequest = Schema.decodeUnknownEffect(PlaceOrderRequest)

/** The request that a document is. Fails as wrong usage, with every field that is wrong and where it is. */
const requestIn = (document: unknown, from: string): Effect.Effect<PlaceOrderRequest, UsageError> =>
  decodeRequest(document, { errors: "all", onExcessProperty: "error" }).pipe(
    Effect.mapError((error) => noOrder(from, fieldErrorsOf("body", error)))
  )

const noOrder = (from: string, errors: ReturnType<typeof fieldErrorsOf>): UsageError => {
  const fields = errors.map(({ field, message }) => `\n  ${field}: ${message}`)
  return new UsageError({ message: `${from} is no order that can be placed:${fields.join("")}` })
}

/** The same for several products as the short form for one: where nobody is named, the organization's default. */
export const requestFromFlags = (flags: RequestFlags): Effect.Effect<PlaceOrderRequest, UsageError> => {
  const { email, external_reference, token } = {
    token: Option.getOrElse(flags.paymentToken, () => DEFAULT_PAYMENT.token),
    email: Option.getOrUndefined(flags.email),
    external_reference: Option.getOrUndefined(flags.reference)
  }
  const document = {
    customer_id: Option.getOrElse(flags.customer, () => DEFAULT_CUSTOMER_ID),
    items: flags.item.map(({ product, quantity }) => ({ product_id: product, quantity })),
    payment: { ...DEFAULT_PAYMENT, token },
    ...(email === undefined ? {} : { email }),
    ...(external_reference === undefined ? {} : { external_reference })
  }
  return requestIn(document, "What the flags say")
}

/** `-` as a flag of files gives it, which makes every path absolute. */
const STANDARD_INPUT = resolve("-")

/** The request in a file, or on standard input when it is named `-`. */
export const requestFromFile = Effect.fnUntraced(function* (path: string) {
  const [where, read] =
    path === STANDARD_INPUT ? ["Standard input", () => text(process.stdin)] : [path, () => readFile(path, "utf8")]
  const content = yield* Effect.tryPromise({
    try: read,
    catch: (cause) =>
      new UsageError({ message: `${where} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}` })
  })
  const document = yield* Effect.try({
    try: (): unknown => JSON.parse(content),
    catch: (cause) =>
      new UsageError({ message: `${where} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}` })
  })
  const fault = fieldErrorIn(content)
  if (fault !== undefined) return yield* noOrder(where, [fault])
  return yield* requestIn(document, where)
})
