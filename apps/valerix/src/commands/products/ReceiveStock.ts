import { IdempotencyKey, ProductReference, StockAddedView, StockReason } from "@valerix/inventory/contract"
import { Quantity, uuidV7 } from "@valerix/money-and-ids"
import { Console, Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { AskingError } from "../../client/Answers.ts"
import { clientFlags } from "../../client/ClientFlags.ts"
import { connect } from "../../client/ValerixClient.ts"
import { JSON_DOCUMENT, jsonFlag, jsonLines } from "../../terminal/Json.ts"

type StockAdded = typeof StockAddedView.Type

const writeStock = jsonLines(StockAddedView)
const readStock = Schema.decodeUnknownOption(Schema.toCodecJson(StockAddedView))

/** A key that was used with the same request has had its effect: the answer says which. */
const earlierEffect = (error: AskingError): StockAdded | undefined =>
  error._tag === "Refused" && error.problem.code === "duplicate_request"
    ? Option.getOrUndefined(readStock(error.problem))
    : undefined

export const receiveStockCommand = Command.make(
  "receive",
  {
    product: Argument.String("product").pipe(
      Argument.withSchema(ProductReference),
      Argument.withDescription("The product, by its SKU or id")
    ),
    quantity: Argument.Int("quantity").pipe(
      Argument.withSchema(Quantity),
      Argument.withDescription("How many have come")
    ),
    reason: Flag.Literals("reason", StockReason.literals).pipe(
      Flag.withDescription("Why there are more; warehouse_receiving by default"),
      Flag.withDefault("warehouse_receiving")
    ),
    reference: Flag.String("reference").pipe(
      Flag.withDescription("The delivery note, return or count that it belongs to"),
      Flag.optional
    ),
    notes: Flag.String("notes").pipe(Flag.withDescription("What else is to be known of it"), Flag.optional),
    key: Flag.String("key").pipe(
      Flag.withSchema(IdempotencyKey),
      Flag.withDescription("The idempotency key: it books once, ever. One is made, and told, otherwise"),
      Flag.optional
    ),
    json: jsonFlag(JSON_DOCUMENT),
    ...clientFlags
  },
  Effect.fn("valerix products receive")(function* (flags) {
    const { ask, inventory } = yield* connect(flags)
    const key = Option.getOrUndefined(flags.key) ?? `cli-${uuidV7()}`
    if (Option.isNone(flags.key))
      yield* Console.error(`The idempotency key is ${key}: with --key ${key} the same can be asked again.`)
    const reference_id = Option.getOrUndefined(flags.reference)
    const notes = Option.getOrUndefined(flags.notes)
    const added = yield* ask(
      inventory.addStock({
        params: { product_id: flags.product },
        headers: { "idempotency-key": key },
        payload: {
          quantity: flags.quantity,
          reason: flags.reason,
          ...(reference_id === undefined ? {} : { reference_id }),
          ...(notes === undefined ? {} : { notes })
        }
      })
    ).pipe(
      Effect.map((stock) => ({ stock, isReplay: false })),
      Effect.catch((error) => {
        const stock = earlierEffect(error)
        return stock === undefined ? Effect.fail(error) : Effect.succeed({ stock, isReplay: true })
      })
    )
    const { isReplay, stock } = added
    if (isReplay) yield* Console.error("It was booked before under this key; nothing was done a second time.")
    if (flags.json) return yield* writeStock([stock])
    yield* Console.log(
      `${stock.sku}  ${stock.previous_quantity} + ${stock.added_quantity} = ${stock.new_quantity} on hand`
    )
  })
).pipe(
  Command.withDescription("Book stock of a product that has come in"),
  Command.withExamples([
    {
      command: "valerix products receive PROD-001 50 --reference DN-4711 --key DN-4711",
      description: "A delivery, booked once however often that is said"
    },
    {
      command: "valerix products receive PROD-001 1 --reason return_to_stock",
      description: "One that a customer has sent back"
    }
  ])
)
