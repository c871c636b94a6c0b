import { AvailabilityView, ProductView } from "@valerix/inventory/contract"
import type { ProductId } from "@valerix/money-and-ids"
import { Console, Effect, Option, Schema } from "effect"
import type { ClientFlags } from "../../client/ClientFlags.ts"
import { tellEnd, throughPages } from "../../client/Paging.ts"
import { connect, layerAsking } from "../../client/ValerixClient.ts"
import { jsonLines } from "../../terminal/Json.ts"
import { moneyText } from "../../terminal/MoneyText.ts"
import { makeTable } from "../../terminal/Table.ts"
import { type Terminal, terminalOf } from "../../terminal/Terminal.ts"
import { availabilityOf } from "./Availability.ts"

/** A product of the API, with its availability. */
const StockedProduct = Schema.Struct({
  ...ProductView.fields,
  stock_quantity: AvailabilityView.fields.stock_quantity,
  available: AvailabilityView.fields.available
})
type StockedProduct = typeof StockedProduct.Type

const writeProducts = jsonLines(StockedProduct)

const productTable = (terminal: Terminal) =>
  makeTable<StockedProduct>(
    [
      { title: "PRODUCT", least: 36, of: ({ product_id }) => product_id },
      { title: "SKU", of: ({ sku }) => sku },
      { title: "PRICE", least: 12, side: "right", of: ({ price }) => moneyText(price) },
      { title: "ON HAND", leftOut: 1, side: "right", of: ({ stock_quantity }) => String(stock_quantity) },
      {
        title: "AVAILABLE",
        side: "right",
        of: ({ available }) => String(available),
        colour: ({ available }) => (available > 0 ? undefined : "red")
      },
      { title: "NAME", of: ({ name }) => name }
    ],
    terminal
  )

/** Lists products, the newest first, page by page, with their stock. */
export const listProducts = Effect.fn("valerix products list")(function* (
  flags: ClientFlags & {
    readonly sku: Option.Option<string>
    readonly limit: number
    readonly after: Option.Option<ProductId>
    readonly json: boolean
  }
) {
  const client = yield* connect(flags)
  const table = productTable(terminalOf(process.stdout))
  const sku = Option.getOrUndefined(flags.sku)
  const end = yield* throughPages(
    flags.limit,
    (last: typeof ProductView.Type | undefined, limit) => {
      const after = last?.product_id ?? Option.getOrUndefined(flags.after)
      const query = {
        limit,
        ...(sku === undefined ? {} : { sku }),
        ...(after === undefined ? {} : { cursor: [after] as const })
      }
      return client.ask(client.inventory.listProducts({ query }))
    },
    (page) =>
      Effect.flatMap(availabilityOf(client, page), (stocked) =>
        flags.json ? writeProducts(stocked) : Console.log(table.lines(stocked).join("\n"))
      )
  )
  yield* tellEnd(end, {
    command: "valerix products list",
    idOf: ({ product_id }) => product_id,
    nothing: "No product fits."
  })
}, Effect.provide(layerAsking))
