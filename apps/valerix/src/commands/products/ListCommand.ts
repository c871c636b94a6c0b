import { Sku } from "@valerix/inventory/words"
import { ProductId } from "@valerix/money-and-ids"
import { Command, Flag } from "effect/cli"
import { clientFlags } from "../../client/ClientFlags.ts"
import { jsonFlag } from "../../terminal/Json.ts"
import { limitFlag } from "../../terminal/Limit.ts"
import { whenRun } from "../WhenRun.ts"

const LIMIT_DEFAULT = 20
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
  whenRun(async () => (await import("./ListProducts.ts")).listProducts)
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
