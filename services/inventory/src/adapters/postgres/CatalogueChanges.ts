import type { PgClient } from "@effect/sql-pg"
import { firstRowOf, rowsOf } from "@valerix/database"
import { OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Effect, Option, Schema } from "effect"
import { CatalogueRow, catalogueProduct } from "./CatalogueRow.ts"

const NIL = "00000000-0000-0000-0000-000000000000"

const TransactionId = Schema.String.check(Schema.isPattern(/^\d{1,20}$/))
const Id = Schema.String.check(Schema.isUUID())

/** After the change of this product by this transaction. */
const Position = Schema.fromJsonString(Schema.Tuple([TransactionId, Id, Id]))
const readPosition = Schema.decodeUnknownOption(Position)
const writePosition = Schema.encodeSync(Position)

const BEGINNING: typeof Position.Type = ["0", NIL, NIL]

const Limits = Schema.Struct({ horizon: TransactionId, newest: TransactionId })
const ChangeRow = Schema.Struct({
  organization_id: OrganizationId,
  product_id: ProductId,
  changed_at: TransactionId,
  scanned: Schema.Int,
  /** None where the change is of an organization that was not asked about. */
  product: Schema.NullOr(CatalogueRow)
})

/**
 * Reads changes in the order of the transactions that made them, and only those below the oldest transaction that was
 * still running when the reading began: all of these are committed or will never be, so nothing can appear later before
 * the cursor. A look goes through so many changes of whichever organizations, and finds those of the ones that it was
 * asked about; one that comes to the end moves the cursor to that horizon, so the next reads no row twice.
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
    // The organizations are compared in a hash before any product is read: row-level security compares each row with each
    // name. The last change is given in any case, to go on from.
    const rows = yield* changes(sql`
      WITH change AS MATERIALIZED (
        SELECT changed_xid, product_id, organization_id, position
        FROM products_changed(${transaction}::text::xid8, ${product}::uuid, ${organization}::uuid, ${horizon}::text::xid8,
          ${limit}::int) WITH ORDINALITY AS found(changed_xid, product_id, organization_id, position)
      )
      SELECT change.organization_id, change.product_id, change.changed_xid::text AS changed_at,
        (SELECT count(*) FROM change) AS scanned, row_to_json(held.*) AS product
      FROM change
      LEFT JOIN unnest((SELECT current_organizations())) AS named(organization_id) USING (organization_id)
      LEFT JOIN LATERAL (
        SELECT organization_id, product_id, sku, price_minor, currency, version FROM products
        WHERE products.organization_id = named.organization_id AND products.product_id = change.product_id
        OFFSET 0
      ) AS held ON true
      WHERE held.product_id IS NOT NULL OR change.position = (SELECT max(position) FROM change)
      ORDER BY change.position`)
    const last = rows.at(-1)
    const isLast = (last?.scanned ?? 0) < limit
    const reached: typeof Position.Type =
      !isLast && last !== undefined
        ? [last.changed_at, last.product_id, last.organization_id]
        : BigInt(transaction) > BigInt(horizon)
          ? from
          : [horizon, NIL, NIL]
    const products = rows.flatMap((row) => (row.product === null ? [] : [catalogueProduct(row.product)]))
    return { products, cursor: writePosition(reached), isLast }
  })
}
