import { Argument, Command, Flag } from "effect/cli"
import { clientFlags } from "../../client/ClientFlags.ts"
import { JSON_DOCUMENT, jsonFlag } from "../../terminal/Json.ts"
import { whenRun } from "../WhenRun.ts"

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
  whenRun(async () => (await import("./CreateProduct.ts")).createProduct)
).pipe(
  Command.withDescription("Make a product that can be ordered"),
  Command.withExamples([
    {
      command: 'valerix products create PROD-001 --name "Tea pot" --price 19.99 --currency EUR --stock 10',
      description: "A product with ten pieces in stock"
    }
  ])
)
