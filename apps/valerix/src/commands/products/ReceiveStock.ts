import { StockAddedView } from "@valerix/inventory/contract"
import type { ProductReference, StockReason } from "@valerix/inventory/words"
import { type Quantity, uuidV7 } from "@valerix/money-and-ids"
import { Console, Effect, Option, Schema } from "effect"
import type { AskingError } from "../../client/Answers.ts"
import type { ClientFlags } from "../../client/ClientFlags.ts"
import { connect, layerAsking } from "../../client/ValerixClient.ts"
import { jsonLines } from "../../terminal/Json.ts"

type StockAdded = typeof StockAddedView.Type

const writeStock = jsonLines(StockAddedView)
const readStock = Schema.decodeUnknownOption(Schema.toCodecJson(StockAddedView))

/** A key that was used with the same request has had its effect: the answer says which. */
const earlierEffect = (error: AskingError): StockAdded | undefined =>
  error._tag === "Refused" && error.problem.code === "duplicate_request"
    ? Option.getOrUndefined(readStock(error.problem))
    : undefined

/** Books stock that has come in, once however often it is said under one key. */
export const receiveStock = Effect.fn("valerix products receive")(function* (
  flags: ClientFlags & {
    readonly product: typeof ProductReference.Type
    readonly quantity: Quantity
    readonly reason: typeof StockReason.Type
    readonly reference: Option.Option<string>
    readonly notes: Option.Option<string>
    readonly key: Option.Option<string>
    readonly json: boolean
  }
) {
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
}, Effect.provide(layerAsking))
