import { Effect, Schema } from "effect"
import type { Server } from "../server/Server.ts"
import { inSession } from "../server/Session.ts"

const Order = Schema.Struct({ order: Schema.String, total: Schema.NumberFromString })
const decodeOrders = Schema.decodeUnknownEffect(Schema.Array(Order))
const Books = Schema.Struct({
  order: Schema.String,
  captures: Schema.NumberFromString,
  kept: Schema.NumberFromString,
  open: Schema.NumberFromString
})
const decodeBooks = Schema.decodeUnknownEffect(Schema.Array(Books))

const NAMED_MAX = 20

/**
 * Compares the provider's books with the ledger, as somebody would who sees both: every order was captured at most once,
 * what is kept is the total of the orders that are COMPLETED, order by order, and no authorization is open.
 */
export const checkProviderBooks = (server: Server) =>
  Effect.gen(function* () {
    const completed = yield* inSession(server.admin("checkout"), (sql) =>
      Effect.flatMap(
        sql`SELECT order_id::text AS order, total_minor::text AS total FROM order_ledger WHERE status = 'COMPLETED'`,
        decodeOrders
      )
    )
    const books = yield* inSession(server.admin("mock_provider"), (sql) =>
      Effect.flatMap(
        sql`
          SELECT authorization_.order_reference AS order, count(capture.capture_id)::text AS captures,
            coalesce(sum(capture.amount_minor - capture.refunded_minor), 0)::text AS kept,
            count(*) FILTER (WHERE authorization_.status = 'AUTHORIZED')::text AS open
          FROM authorizations AS authorization_
          LEFT JOIN captures AS capture USING (organization_id, authorization_id)
          GROUP BY authorization_.order_reference`,
        decodeBooks
      )
    )
    const totals = new Map(completed.map(({ order, total }) => [order, total]))
    const seen = new Set(books.map(({ order }) => order))
    const findings = [
      ...books.flatMap(({ captures, kept, open, order }) => [
        ...(captures > 1 ? [`order ${order} was captured ${captures} times`] : []),
        ...(open > 0 ? [`order ${order} has ${open} open authorizations`] : []),
        ...(kept === (totals.get(order) ?? 0)
          ? []
          : [`of order ${order} ${kept} are kept, not ${totals.get(order) ?? 0}`])
      ]),
      ...completed.filter(({ order }) => !seen.has(order)).map(({ order }) => `order ${order} is not in the books`)
    ]
    const capturedMinor = books.reduce((sum, { kept }) => sum + kept, 0)
    return { findings: findings.slice(0, NAMED_MAX), capturedMinor, completed: completed.length }
  })
