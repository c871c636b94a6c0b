import { OrderView, type PlaceOrderRequest } from "@valerix/checkout/contract"
import { uuidV7 } from "@valerix/money-and-ids"
import { Clock, Console, Data, Effect, Option, Runtime } from "effect"
import { TerminalCapabilities } from "effect/cli"
import { Headers } from "effect/http"
import type { ClientFlags } from "../../client/ClientFlags.ts"
import { ProblemDocument } from "../../client/ProblemDocument.ts"
import { connect, layerAsking, type ValerixClient } from "../../client/ValerixClient.ts"
import { EXIT, UsageError } from "../../terminal/ExitCodes.ts"
import { jsonLines } from "../../terminal/Json.ts"
import { moneyText } from "../../terminal/MoneyText.ts"
import { spanMs } from "../../terminal/Spans.ts"
import { coloured, terminalOf } from "../../terminal/Terminal.ts"
import { onOneLine } from "../../terminal/Text.ts"
import { askForOrder } from "./AskForOrder.ts"
import { statusColour } from "./OrderTable.ts"
import { type RequestFlags, requestFromFile, requestFromFlags } from "./RequestFromFlags.ts"

/** How long one answer of the API waits at most; what is longer is waited for by looking again. */
const ANSWER_WAIT_MAX_MS = 10_000
const LOOK_EVERY_MS = 500

/** The order was executed as far as it could be, and undone. */
export class OrderEnded extends Data.TaggedError("OrderEnded")<{ readonly order: OrderView }> {
  override get message(): string {
    const { failure, id } = this.order
    const why = failure === null ? "" : ` ${failure.code} at ${failure.step}: ${failure.message}.`
    return `The order has failed and was undone.${why} valerix orders show ${id} tells what was tried.`
  }
}

/** The order was accepted, and the time for waiting was over before it was executed. */
export class OrderUnderWay extends Data.TaggedError("OrderUnderWay")<{ readonly order: OrderView }> {
  override readonly [Runtime.errorExitCode] = EXIT.UNFINISHED
  override get message(): string {
    const { id, parked } = this.order
    return parked === null
      ? `The order is still being executed; valerix orders show ${id} tells how far it is.`
      : `The order needs an operator: ${parked}. valerix saga show ${id} tells why.`
  }
}

interface PlaceOptions extends ClientFlags, RequestFlags {
  readonly file: Option.Option<string>
  readonly key: Option.Option<string>
  readonly wait: Option.Option<string>
  readonly json: boolean
}

/** What is to be ordered: from a document, from flags, or from whoever is asked. */
const requestOf = Effect.fnUntraced(function* (client: ValerixClient, given: PlaceOptions) {
  const file = Option.getOrUndefined(given.file)
  if (file !== undefined) {
    const others = [given.customer, given.paymentToken, given.email, given.reference]
    if (given.item.length > 0 || others.some(Option.isSome))
      return yield* new UsageError({ message: "Say what to order with --file, or with flags, not both." })
    return yield* requestFromFile(file)
  }
  if (given.item.length > 0) return yield* requestFromFlags(given)
  const { canPrompt } = yield* TerminalCapabilities.TerminalCapabilities
  if (!canPrompt || given.json) {
    const message = "Say what to order: --item SKU:QUANTITY, or --file. It is only asked for on a terminal."
    return yield* new UsageError({ message })
  }
  return yield* askForOrder(client, given, terminalOf(process.stdout))
})

const isUnderWay = ({ status }: OrderView): boolean => status !== "CONFIRMED" && status !== "FAILED"

/** Places the order, and looks at it until it has ended or the time is over; whether it was placed before, besides. */
const place = Effect.fnUntraced(function* (
  { ask, orders }: ValerixClient,
  request: PlaceOrderRequest,
  key: string,
  waitMs: number
) {
  const untilMs = (yield* Clock.currentTimeMillis) + waitMs
  const waitS = Math.ceil(Math.min(waitMs, ANSWER_WAIT_MAX_MS) / 1_000)
  const [answered, { headers }] = yield* ask(
    orders.placeOrder({
      headers: { "idempotency-key": key, ...(waitS === 0 ? {} : { prefer: `wait=${waitS}` }) },
      payload: request,
      responseMode: "decoded-and-response"
    })
  )
  let order: OrderView = answered
  while (isUnderWay(order) && order.parked === null && (yield* Clock.currentTimeMillis) < untilMs) {
    yield* Effect.sleep(LOOK_EVERY_MS)
    order = yield* ask(orders.getOrder({ params: { order_id: order.id } }))
  }
  return { order, isReplay: Option.contains(Headers.get(headers, "idempotency-replayed"), "true") }
})

const writeOrder = jsonLines(OrderView)
const writeProblem = jsonLines(ProblemDocument)

const tell = (order: OrderView, isReplay: boolean) => {
  const { isColoured } = terminalOf(process.stdout)
  const status = coloured(order.status, statusColour(order), isColoured)
  return Effect.andThen(
    Console.log(`${status}  ${order.id}  ${moneyText(order.total)}  ${onOneLine(order.message)}`),
    isReplay ? Console.error("It was placed before under this key; nothing was done a second time.") : Effect.void
  )
}

/** Places an order, and waits for its end where that is wanted; fails when it has failed, or has not ended by then. */
export const placeOrder = Effect.fn("valerix orders place")(function* (given: PlaceOptions) {
  const client = yield* connect(given)
  const request = yield* requestOf(client, given)
  const key = Option.getOrUndefined(given.key) ?? `cli-${uuidV7()}`
  if (Option.isNone(given.key))
    yield* Console.error(`The idempotency key is ${key}: with --key ${key} the same can be asked again.`)
  const waitMs = Option.getOrUndefined(Option.map(given.wait, (text) => spanMs(text) ?? 0))
  const { isReplay, order } = yield* place(client, request, key, waitMs ?? 0).pipe(
    Effect.tapError((error) => (given.json && error._tag === "Refused" ? writeProblem([error.problem]) : Effect.void))
  )
  yield* given.json ? writeOrder([order]) : tell(order, isReplay)
  if (order.status === "FAILED") return yield* new OrderEnded({ order })
  if (waitMs !== undefined && isUnderWay(order)) return yield* new OrderUnderWay({ order })
}, Effect.provide(layerAsking))
