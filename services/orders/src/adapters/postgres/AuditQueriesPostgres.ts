import { batch, TenantDatabase, uuids } from "@valerix/database"
import { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { AuditQueries, type Chunk } from "../../application/ports/AuditQueries.ts"
import { ORDER_STATUSES } from "../../domain/OrderStatus.ts"

const FIRST = "00000000-0000-0000-0000-000000000000"
const LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"

const rowsOf = <Row extends Schema.Codec<unknown, unknown>>(row: Row) => {
  const decode = Schema.decodeUnknownEffect(Schema.Array(row))
  return <E, R>(rows: Effect.Effect<ReadonlyArray<unknown>, E, R>) => Effect.orDie(Effect.flatMap(rows, decode))
}

const Organization = rowsOf(Schema.Struct({ id: OrganizationId }))
const Table = rowsOf(Schema.Struct({ name: Schema.String }))
const Id = rowsOf(Schema.Struct({ id: Schema.String }))
const Status = rowsOf(Schema.Struct({ id: OrderId, status: Schema.Literals(ORDER_STATUSES) }))
const Order = rowsOf(
  Schema.Struct({
    orderId: Schema.String,
    currency: Schema.String,
    isCurrencyCode: Schema.Boolean,
    totalMinor: Schema.String,
    linesMinor: Schema.String,
    adjustmentsMinor: Schema.NullOr(Schema.String)
  })
)
const Line = rowsOf(
  Schema.Struct({
    orderId: Schema.String,
    lineNumber: Schema.Int,
    hasOrder: Schema.Boolean,
    lineTotalMinor: Schema.String,
    expectedMinor: Schema.String
  })
)

export const layerAuditQueriesPostgres = Layer.effect(
  AuditQueries,
  Effect.gen(function* () {
    const { sql } = yield* TenantDatabase

    const within = ({ after, organizationId, upTo }: Chunk) => sql`
      organization_id = ${organizationId} AND order_id > ${after ?? FIRST} AND order_id <= ${upTo ?? LAST}`

    return AuditQueries.of({
      organizations: (after, limit) =>
        Organization(sql`
          SELECT id FROM organizations_present(${after ?? null}::uuid, ${limit}) AS present(id)`).pipe(
          Effect.map((rows) => rows.map(({ id }) => id))
        ),

      openTables: Table(sql`
        SELECT relname AS name FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attname = 'organization_id'
          AND NOT (relrowsecurity AND relforcerowsecurity)
        ORDER BY relname`).pipe(Effect.map((rows) => rows.map(({ name }) => name))),

      chunkEnd: (organizationId, after, orders) =>
        Id(sql`
          SELECT order_id AS id FROM sales_orders
          WHERE organization_id = ${organizationId} AND order_id > ${after ?? FIRST}
          ORDER BY order_id OFFSET ${orders - 1} LIMIT 1`).pipe(Effect.map((rows) => rows[0]?.id)),

      duplicatedOrders: (chunk, limit) =>
        Id(sql`
          SELECT order_id AS id FROM sales_orders WHERE ${within(chunk)}
          GROUP BY order_id HAVING count(*) > 1 ORDER BY order_id LIMIT ${limit}`).pipe(
          Effect.map((rows) => rows.map(({ id }) => id))
        ),

      unsoundOrders: (chunk, limit) =>
        Order(sql`
          SELECT order_id AS "orderId", currency, currency ~ '^[A-Z]{3}$' AS "isCurrencyCode",
            total_minor::text AS "totalMinor", coalesce(lines.minor, 0)::text AS "linesMinor",
            adjusted.minor::text AS "adjustmentsMinor"
          FROM sales_orders
          CROSS JOIN LATERAL (
            SELECT sum(line_total_minor) AS minor FROM sales_order_lines
            WHERE organization_id = sales_orders.organization_id AND order_id = sales_orders.order_id
          ) AS lines
          CROSS JOIN LATERAL (
            SELECT CASE WHEN count(*) = count(amount) THEN coalesce(sum(amount), 0) END AS minor
            FROM (
              SELECT CASE WHEN adjustment ->> 'amount_minor' ~ '^-?[0-9]+$'
                THEN (adjustment ->> 'amount_minor')::numeric END AS amount
              FROM jsonb_array_elements(
                CASE WHEN jsonb_typeof(adjustments) = 'array' THEN adjustments ELSE '[null]' END) AS adjustment
            ) AS amounts
          ) AS adjusted
          WHERE ${within(chunk)} AND (
            lines.minor IS NULL OR adjusted.minor IS NULL OR total_minor < 0
            OR total_minor <> lines.minor + adjusted.minor OR currency !~ '^[A-Z]{3}$')
          ORDER BY order_id LIMIT ${limit}`).pipe(
          Effect.map((rows) => rows.map((row) => ({ ...row, adjustmentsMinor: row.adjustmentsMinor ?? undefined })))
        ),

      unsoundLines: (chunk, limit) =>
        Line(sql`
          SELECT order_id AS "orderId", line_number AS "lineNumber", "hasOrder",
            line_total_minor::text AS "lineTotalMinor", (quantity::numeric * unit_price_minor)::text AS "expectedMinor"
          FROM sales_order_lines
          CROSS JOIN LATERAL (
            SELECT EXISTS (
              SELECT FROM sales_orders
              WHERE organization_id = sales_order_lines.organization_id AND order_id = sales_order_lines.order_id
            ) AS "hasOrder"
          ) AS parent
          WHERE ${within(chunk)} AND (NOT "hasOrder" OR line_total_minor <> quantity::numeric * unit_price_minor)
          ORDER BY order_id, line_number LIMIT ${limit}`),

      statuses: (organizationId, orderIds) =>
        Status(sql`
          SELECT order_id AS id, status FROM sales_orders
          JOIN ${batch("wanted", { order_id: uuids(orderIds) })} USING (order_id)
          WHERE organization_id = ${organizationId}`).pipe(
          Effect.map((rows) => new Map(rows.map(({ id, status }) => [id, status])))
        )
    })
  })
)
