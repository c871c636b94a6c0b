import { fieldErrorsOf } from "@valerix/http/contract"
import { CreateProductBody, ProductView } from "@valerix/inventory/contract"
import { Console, Data, Effect, Option, Runtime, Schema } from "effect"
import type { ClientFlags } from "../../client/ClientFlags.ts"
import { connect, layerAsking } from "../../client/ValerixClient.ts"
import { EXIT, UsageError } from "../../terminal/ExitCodes.ts"
import { jsonLines } from "../../terminal/Json.ts"
import { moneyText } from "../../terminal/MoneyText.ts"
import { onOneLine } from "../../terminal/Text.ts"

/** The request was sent, and no answer came: a product has no idempotency key by which to ask again. */
export class CreationUncertain extends Data.TaggedError("CreationUncertain")<{
  readonly sku: string
  readonly why: string
}> {
  override readonly [Runtime.errorExitCode] = EXIT.UNREACHABLE
  override get message(): string {
    return `${this.why} Whether ${this.sku} was made, valerix products list --sku ${this.sku} shows.`
  }
}

const decodeBody = Schema.decodeUnknownEffect(CreateProductBody)
const writeProduct = jsonLines(ProductView)

/** Makes a product; fails as wrong usage, with every field that is wrong, where it cannot be one. */
export const createProduct = Effect.fn("valerix products create")(function* (
  flags: ClientFlags & {
    readonly sku: string
    readonly name: string
    readonly price: string
    readonly currency: string
    readonly stock: Option.Option<number>
    readonly json: boolean
  }
) {
  const { currency, name, price, sku } = flags
  const stock = Option.getOrUndefined(flags.stock)
  const document = {
    sku,
    name,
    price: { amount: price, currency },
    ...(stock === undefined ? {} : { initial_stock: stock })
  }
  const payload = yield* decodeBody(document, { errors: "all" }).pipe(
    Effect.mapError((error) => {
      const fields = fieldErrorsOf("body", error).map(({ field, message }) => `\n  ${field}: ${message}`)
      return new UsageError({ message: `That is no product:${fields.join("")}` })
    })
  )
  const { ask, inventory } = yield* connect(flags)
  const product = yield* ask(inventory.createProduct({ payload })).pipe(
    Effect.catchTag("Unreachable", (error) =>
      Effect.fail(error.isUnsent ? error : new CreationUncertain({ sku, why: error.message }))
    )
  )
  if (flags.json) return yield* writeProduct([product])
  yield* Console.log(`${product.sku}  ${product.product_id}  ${moneyText(product.price)}  ${onOneLine(product.name)}`)
}, Effect.provide(layerAsking))
