import type { PgClient } from "@effect/sql-pg"
import { Effect, Option, Schema } from "effect"
import { CatalogueRow, catalogueProduct } from "./CatalogueRow.ts"
import { firstRowOf, rowsOf } from "./Rows.ts"

const NIL = "00000000-0000-0000-0000-000000000000"

const TransactionId = Schema.String.check(Schema.isPattern(/^\d{1,20}$/))
const Id = Schema.String.check(Schema.isUUID())

/** After the change of this product by this transaction. */
const Position = Schema.fromJsonString(Schema.Tuple([TransactionId, Id, Id]))
const readPosition = Schema.decodeUnknownOption(Position)
const writePosition = Schema.encodeSync(Position)

const BEGINNING: typeof Position.Type = ["0", NIL, NIL]

const Limits = Schema.Struct({ horizon: TransactionId, newest: TransactionId })
const ChangeRow = Schema.Struct({ ...CatalogueRow.fields, changed_xid: TransactionId })

/**
 * Reads changes in the order of the transactions that made them, and only those below the oldest transaction that was
 * still running when the reading began: all of these are committed or will never be, so nothing can appear later before
 * the cursor. A page that is not full moves the cursor to that horizon, so the next look reads no row twice.
 *
 * A cursor that this server cannot have given, because it is of another one (a restore, a fail-over with loss), begins
 * again; copies take the newer version of a product, so reading it twice does no harm.
 */
export const makeChangesSince = (sql: PgClient.PgClient) => {
  const limits = firstRowOf(Limits)
  const changes = rowsOf(ChangeRow)

  return Effect.fnUntraced(function* (cursor: string | undefined, limit: number) {
    // Read before the changes, in a statement of its own: a horizon may be older than the rows, never newer.
    const { horizon, newest } = (yield* limits(sql`
      SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, pg_snapshot_xmax(pg_current_snapshot())::text AS newest
    `)) ?? { horizon: "0", newest: "0" }
    const given = Option.getOrElse(readPosition(cursor), () => BEGINNING)
    const from = BigInt(given[0]) <= BigInt(newest) ? given : BEGINNING
    const [transaction, product, organization] = from
    const rows = yield* changes(sql`
      SELECT organization_id, product_id, sku, price_minor, currency, version, changed_xid::text AS changed_xid
      FROM products
      WHERE (changed_xid, product_id, organization_id) > (${transaction}::text::xid8, ${product}::uuid, ${organization}::uuid)
        AND changed_xid < ${horizon}::text::xid8
      ORDER BY changed_xid, product_id, organization_id
      LIMIT ${limit}`)
    const last = rows.at(-1)
    const reached: typeof Position.Type =
      rows.length === limit && last !== undefined
        ? [last.changed_xid, last.product_id, last.organization_id]
        : BigInt(transaction) > BigInt(horizon)
          ? from
          : [horizon, NIL, NIL]
    return { products: rows.map(catalogueProduct), cursor: writePosition(reached) }
  })
}
