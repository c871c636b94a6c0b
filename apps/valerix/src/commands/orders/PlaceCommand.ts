import { Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { clientFlags } from "../../client/ClientFlags.ts"
import { jsonFlag } from "../../terminal/Json.ts"
import { spanMs } from "../../terminal/Spans.ts"
import { whenRun } from "../WhenRun.ts"
import { itemIn } from "./OrderedItem.ts"
import { customerFlag } from "./OrderFlags.ts"

const WAIT_DEFAULT = "10s"

const Key = Schema.String.check(
  Schema.isPattern(/^[\x21-\x7e]{1,255}$/, { expected: "1 to 255 visible ASCII characters" })
)

const flags = {
  item: Flag.String("item").pipe(
    Flag.withAlias("i"),
    Flag.withMetavar("SKU:QUANTITY"),
    Flag.filterMap(
      (text) => Option.fromUndefinedOr(itemIn(text)),
      () => "SKU:QUANTITY, such as PROD-001:2"
    ),
    Flag.withDescription("A product by its SKU or id, and how many of it; may be given several times"),
    Flag.atLeast(0)
  ),
  customer: customerFlag("Who orders; the organization's default customer otherwise"),
  paymentToken: Flag.String("payment-token").pipe(
    Flag.withDescription("What the payment provider knows the card by; the organization's default otherwise"),
    Flag.optional
  ),
  email: Flag.String("email").pipe(Flag.withDescription("Where the customer is written to"), Flag.optional),
  reference: Flag.String("reference").pipe(Flag.withDescription("The order's name elsewhere"), Flag.optional),
  file: Flag.File("file").pipe(
    Flag.withDescription("The request as JSON, as POST /api/v1/orders takes it; - is standard input"),
    Flag.optional
  ),
  key: Flag.String("key").pipe(
    Flag.withSchema(Key),
    Flag.withDescription("The idempotency key: it places one order, ever. One is made, and told, otherwise"),
    Flag.optional
  ),
  wait: Flag.String("wait").pipe(
    Flag.withSchema(
      Schema.String.check(
        Schema.makeFilter((text) => spanMs(text) !== undefined || "must be a span of time such as 10s or 2m")
      )
    ),
    Flag.withOptionalValue(WAIT_DEFAULT),
    Flag.withDescription(`Wait until the order is executed, ${WAIT_DEFAULT} or as long as is said: --wait=2m`),
    Flag.optional
  ),
  json: jsonFlag("the order as one JSON document; or the problem document, when the order is refused"),
  ...clientFlags
}

export const placeOrderCommand = Command.make(
  "place",
  flags,
  whenRun(async () => (await import("./PlaceOrder.ts")).placeOrder)
).pipe(
  Command.withDescription("Place an order; without --item and --file it asks what to order"),
  Command.withExamples([
    { command: "valerix orders place", description: "Choose products, see the total, and say yes" },
    {
      command: "valerix orders place --item PROD-001:2 --item PROD-002:1 --wait",
      description: "Place an order, and wait until it is executed"
    },
    {
      command: "valerix orders place --file order.json --key cart-4711 --json",
      description: "The same request with the same key is the same order, however often it is sent"
    }
  ])
)
