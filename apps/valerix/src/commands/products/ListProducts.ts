import { AvailabilityView, ProductView, Sku } from "@valerix/inventory/contract"
import { ProductId } from "@valerix/money-and-ids"
import { Console, Effect, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { clientFlags } from "../../client/ClientFlags.ts"
import { tellEnd, throughPages } from "../../client/Paging.ts"
import { connect } from "../../client/ValerixClient.ts"
import { jsonFlag, jsonLines } from "../../terminal/Json.ts"
import { limitFlag } from "../../terminal/Limit.ts"
import { moneyText } from "../../terminal/MoneyText.ts"
import { makeTable } from "../../terminal/Table.ts"
import { type Terminal, terminalOf } from "../../terminal/Terminal.ts"
import { availabilityOf } from "./Availability.ts"

const LIMIT_DEFAULT = 20

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
      { title: "ON HAND", side: "right", of: ({ stock_quantity }) => String(stock_quantity) },
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

export const listProductsCommand = Command.make(
  "list",
  {
    sku: Flag.String("sku").pipe(
      Flag.withSchema(Sku),
      Flag.withDescription("Only the product with this SKU"),
      Flag.optional
    ),
    limit: limitFlag("products", LIMIT_DEFAULT),
    after: Flag.String("after").pipe(
      Flag.withSchema(ProductId),
      Flag.withDescription("Only products that were made before this one: the last one of an earlier list"),
      Flag.optional
    ),
    json: jsonFlag("one JSON document per line: the API's product, with stock_quantity and available"),
    ...clientFlags
  },
  Effect.fn("valerix products list")(function* (flags) {
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
  })
).pipe(
  Command.withDescription("List products, the newest first, with their stock"),
  Command.withExamples([
    { command: "valerix products list", description: "The latest products" },
    { command: "valerix products list --sku PROD-001", description: "One product" },
    {
      command: "valerix products list --limit 1000 --json | jq 'select(.available == 0) | .sku'",
      description: "What is sold out"
    }
  ])
)
