import { IdempotencyKey, ProductReference, StockReason } from "@valerix/inventory/words"
import { Quantity } from "@valerix/money-and-ids"
import { Argument, Command, Flag } from "effect/cli"
import { clientFlags } from "../../client/ClientFlags.ts"
import { JSON_DOCUMENT, jsonFlag } from "../../terminal/Json.ts"
import { whenRun } from "../WhenRun.ts"

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
  whenRun(async () => (await import("./ReceiveStock.ts")).receiveStock)
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
