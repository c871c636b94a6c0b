import { randomUUID } from "node:crypto"
import { Effect, Schedule, Schema } from "effect"

/** An answer as it came: nothing is thrown for 4xx and 5xx. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

const OrderBody = Schema.Struct({
  id: Schema.String,
  status: Schema.String,
  ledger_status: Schema.String,
  failure: Schema.NullOr(Schema.Struct({ code: Schema.String, step: Schema.String, message: Schema.String }))
})
const isOrderBody = Schema.is(OrderBody)
const ProductBody = Schema.Struct({ product_id: Schema.String })

export type OrderBody = typeof OrderBody.Type

const isInProgress = Schema.is(Schema.Struct({ code: Schema.Literal("request_in_progress") }))
/** A machine that is busy with other things may let a shop wait, but not for ever. */
const PATIENCE_MS = 120_000

const isFinal = ({ body, status }: Answer): boolean => status !== 503 && !isInProgress(body)

/** Calls the public door as a shop would. */
export const makeTestClient = (url: string) => {
  const call = (
    method: string,
    path: string,
    options: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {}
  ): Effect.Effect<Answer> =>
    Effect.promise(async () => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { ...(options.body === undefined ? {} : { "content-type": "application/json" }), ...options.headers },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) })
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) }
    })

  /** Makes a product with stock; gives its id. */
  const product = (
    sku: string,
    stock: number,
    options: { readonly amount?: string; readonly currency?: string; readonly organization?: string } = {}
  ): Effect.Effect<string> =>
    call("POST", "/api/v1/inventory/products", {
      body: {
        sku,
        name: `Product ${sku}`,
        price: { amount: options.amount ?? "19.99", currency: options.currency ?? "EUR" },
        initial_stock: stock
      },
      headers: organizationHeader(options.organization)
    }).pipe(
      Effect.flatMap((answer) =>
        answer.status === 201
          ? Schema.decodeUnknownEffect(ProductBody)(answer.body)
          : Effect.die(new Error(`product: ${answer.status} ${JSON.stringify(answer.body)}`))
      ),
      Effect.orDie,
      Effect.map((body) => body.product_id)
    )

  /** Places an order; by default in the short form, under a key of its own. */
  const order = (
    body: unknown,
    options: { readonly key?: string; readonly wait?: number; readonly organization?: string } = {}
  ): Effect.Effect<Answer> =>
    call("POST", "/api/v1/orders", {
      body,
      headers: {
        "idempotency-key": options.key ?? `test-${randomUUID()}`,
        ...(options.wait === undefined ? {} : { prefer: `wait=${options.wait}` }),
        ...organizationHeader(options.organization)
      }
    })

  /** Places an order as a patient shop does: what is not final is sent again under its key. Gives the order's id. */
  const placed = (body: unknown, key: string): Effect.Effect<string> =>
    order(body, { key }).pipe(
      Effect.repeat({ schedule: Schedule.spaced(100), while: (answer) => !isFinal(answer) }),
      Effect.timeout(PATIENCE_MS),
      Effect.orDie,
      Effect.map(idIn)
    )

  const findOrder = (id: string, organization?: string): Effect.Effect<OrderBody> =>
    call("GET", `/api/v1/orders/${id}`, { headers: organizationHeader(organization) }).pipe(
      Effect.flatMap(({ body }) => Schema.decodeUnknownEffect(OrderBody)(body)),
      Effect.orDie
    )

  /** Looks at an order until it has ended. */
  const ended = (id: string, organization?: string): Effect.Effect<OrderBody> =>
    findOrder(id, organization).pipe(
      Effect.repeat({
        schedule: Schedule.spaced(20),
        until: (one) => one.ledger_status === "COMPLETED" || one.ledger_status === "FAILED"
      }),
      Effect.timeout(30_000),
      Effect.orDie
    )

  return { call, product, order, placed, findOrder, ended }
}

export const organizationHeader = (organization: string | undefined): Record<string, string> =>
  organization === undefined ? {} : { "x-organization-id": organization }

/** The order in an answer's body; dies when it is something else. */
export const orderIn = (answer: Answer): OrderBody => {
  if (isOrderBody(answer.body)) return answer.body
  throw new Error(`not an order: ${answer.status} ${JSON.stringify(answer.body)}`)
}

const isProblemOfOrder = Schema.is(Schema.Struct({ order_id: Schema.String }))

/** The id of the order that an answer is about, be it the order or the problem that it ended with. */
const idIn = (answer: Answer): string => (isProblemOfOrder(answer.body) ? answer.body.order_id : orderIn(answer).id)
