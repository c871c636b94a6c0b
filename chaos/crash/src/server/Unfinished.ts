import { PgClient } from "@effect/sql-pg"
import { layerPgClient } from "@valerix/database"
import { Context, Effect, Layer, Schema } from "effect"
import type { Server } from "./Server.ts"

/** What is under way: orders that were accepted and have not ended, and authorizations that no edge has concluded. */
export interface Unfinished {
  readonly orders: ReadonlyArray<string>
  readonly authorizations: ReadonlyArray<string>
}

/** Looks into the ledger's queues as the superuser. Fails as a defect while PostgreSQL is away. */
export interface Queues {
  readonly unfinished: Effect.Effect<Unfinished>
  /** Which of these are still unfinished. */
  readonly remaining: (some: Unfinished) => Effect.Effect<Unfinished>
  /** Orders that wait for a person. */
  readonly parked: Effect.Effect<ReadonlyArray<string>>
}

const decode = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ name: Schema.String })))

export const openQueues = Effect.fnUntraced(function* (server: Server) {
  const context = yield* Layer.build(
    layerPgClient(server.admin("checkout"), { applicationName: "campaign", maxConnections: 2 })
  )
  const sql = Context.get(context, PgClient.PgClient)
  const names = (rows: Effect.Effect<ReadonlyArray<unknown>, unknown>) =>
    rows.pipe(
      Effect.flatMap(decode),
      Effect.map((found) => found.map(({ name }) => name)),
      Effect.orDie
    )
  const orders = names(sql`SELECT order_id::text AS name FROM saga_queue WHERE visible_at < 'infinity'`)
  const authorizations = names(sql`SELECT order_id || '/' || generation AS name FROM edge_leases`)
  const unfinished: Queues["unfinished"] = Effect.all({ orders, authorizations })
  const queues: Queues = {
    unfinished,
    remaining: (some) =>
      Effect.map(unfinished, (now) => ({
        orders: some.orders.filter((one) => now.orders.includes(one)),
        authorizations: some.authorizations.filter((one) => now.authorizations.includes(one))
      })),
    parked: names(sql`SELECT order_id::text AS name FROM saga_queue WHERE visible_at = 'infinity'`)
  }
  return queues
})
