import { fieldErrorsOf } from "@valerix/http/contract"
import { CreateProductBody, ProductView } from "@valerix/inventory/contract"
import { Console, Data, Effect, Option, Runtime, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { clientFlags } from "../../client/ClientFlags.ts"
import { connect } from "../../client/ValerixClient.ts"
import { EXIT, UsageError } from "../../terminal/ExitCodes.ts"
import { JSON_DOCUMENT, jsonFlag, jsonLines } from "../../terminal/Json.ts"
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

export const createProductCommand = Command.make(
  "create",
  {
    sku: Argument.String("sku").pipe(Argument.withDescription("What the product is called on its label")),
    name: Flag.String("name").pipe(Flag.withDescription("What people call it")),
    price: Flag.String("price").pipe(Flag.withDescription("What one costs, such as 19.99")),
    currency: Flag.String("currency").pipe(Flag.withDescription("The currency of the price, such as EUR")),
    stock: Flag.Int("stock").pipe(Flag.withDescription("How many there are; none by default"), Flag.optional),
    json: jsonFlag(JSON_DOCUMENT),
    ...clientFlags
  },
  Effect.fn("valerix products create")(function* (flags) {
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
  })
).pipe(
  Command.withDescription("Make a product that can be ordered"),
  Command.withExamples([
    {
      command: 'valerix products create PROD-001 --name "Tea pot" --price 19.99 --currency EUR --stock 10',
      description: "A product with ten pieces in stock"
    }
  ])
)
