import { assert, describe, it, layer } from "@effect/vitest"
import { makeOrderId, OrganizationId } from "@valerix/money-and-ids"
import type { Finding } from "@valerix/tenancy"
import { allFindings, OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { OrdersAudit, OrdersCommands, type OrdersFindingCode } from "../../../src/contract/index.ts"
import { layerOrdersInDatabase } from "../../OrdersInDatabase.ts"
import { commandFor, makeOrganizationId, sampleOrder } from "../../SampleOrders.ts"

type OrdersFinding = Finding<OrdersFindingCode>

const findings = (organizations: ReadonlyArray<OrganizationId>) =>
  Effect.flatMap(OrdersAudit, ({ checks }) => allFindings(checks, organizations))

/** Breaks a promise of one order among sound ones, as only the owner can, and gives what the audit says. */
const findingsAfter = (...statements: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const organizationId = makeOrganizationId()
    const [broken, sound, foreign] = [sampleOrder({ organizationId }), sampleOrder({ organizationId }), sampleOrder()]
    const { create } = yield* OrdersCommands
    yield* create([broken, sound, foreign])
    const { sql } = yield* OwnerDatabase
    for (const statement of statements) yield* sql.unsafe(statement.replaceAll("$order", `'${broken.orderId}'`))
    assert.deepStrictEqual(
      (yield* findings([foreign.organizationId])).filter(({ code }) => code !== "row_security_off"),
      []
    )
    return { broken, organizationId, found: yield* findings([organizationId, foreign.organizationId]) }
  })

const CASES: ReadonlyArray<
  readonly [
    what: string,
    statements: ReadonlyArray<string>,
    expected: Omit<OrdersFinding, "organizationId" | "subject">
  ]
> = [
  [
    "a total that is not lines + adjustments",
    ["UPDATE sales_orders SET total_minor = 7000 WHERE order_id = $order"],
    {
      promise: 5,
      code: "order_total_mismatch",
      message: "The total is 7000, the lines are 6497 and the adjustments 495 minor units of EUR."
    }
  ],
  [
    "an order that lost its lines",
    ["DELETE FROM sales_order_lines WHERE order_id = $order"],
    {
      promise: 5,
      code: "order_total_mismatch",
      message: "The total is 6992, the lines are 0 and the adjustments 495 minor units of EUR."
    }
  ],
  [
    "a total below zero",
    [
      "ALTER TABLE sales_orders DROP CONSTRAINT sales_orders_total_range",
      `UPDATE sales_orders SET total_minor = -3, adjustments = '[{"kind":"DISCOUNT","amount_minor":-6500}]'
       WHERE order_id = $order`
    ],
    {
      promise: 5,
      code: "order_total_mismatch",
      message: "The total is -3, the lines are 6497 and the adjustments -6500 minor units of EUR."
    }
  ],
  [
    "an adjustment that is no amount",
    [`UPDATE sales_orders SET adjustments = '[{"kind":"TAX","amount_minor":"much"}, 7]' WHERE order_id = $order`],
    { promise: 5, code: "order_adjustments_unreadable", message: "An adjustment has no amount." }
  ],
  [
    "adjustments that are no list",
    [
      "ALTER TABLE sales_orders DROP CONSTRAINT sales_orders_adjustments_list",
      `UPDATE sales_orders SET adjustments = '{"amount_minor": 495}' WHERE order_id = $order`
    ],
    { promise: 5, code: "order_adjustments_unreadable", message: "An adjustment has no amount." }
  ],
  [
    "a currency that is none",
    [
      "ALTER TABLE sales_orders DROP CONSTRAINT sales_orders_currency_code",
      "UPDATE sales_orders SET currency = 'EUR+USD' WHERE order_id = $order"
    ],
    { promise: 5, code: "order_currency_invalid", message: 'The currency is "EUR+USD".' }
  ],
  [
    "a line's total that is not quantity × price",
    [
      "ALTER TABLE sales_order_lines DROP CONSTRAINT sales_order_lines_total",
      "UPDATE sales_order_lines SET unit_price_minor = 2000 WHERE order_id = $order AND line_number = 1"
    ],
    {
      promise: 5,
      code: "line_total_mismatch",
      message: "The total of line 1 is 5997, quantity × unit price is 6000."
    }
  ]
]

describe("the audit of orders", () => {
  it.live.each(CASES)("finds %s", ([, statements, expected]) =>
    Effect.gen(function* () {
      const { broken, found, organizationId } = yield* findingsAfter(...statements)
      assert.deepStrictEqual(found, [{ ...expected, organizationId, subject: broken.orderId }])
    }).pipe(Effect.provide(layerOrdersInDatabase, { local: true }))
  )

  it.live("finds two orders of one id", () =>
    Effect.gen(function* () {
      const { broken, found, organizationId } = yield* findingsAfter(
        "ALTER TABLE sales_orders DROP CONSTRAINT sales_orders_pkey",
        `INSERT INTO sales_orders (organization_id, order_id, customer_id, currency, total_minor, adjustments)
         SELECT organization_id, order_id, customer_id, currency, total_minor, adjustments FROM sales_orders
         WHERE order_id = $order`
      )
      const message = "More than one sales order has this id."
      const expected: OrdersFinding = {
        promise: 3,
        code: "order_duplicated",
        organizationId,
        subject: broken.orderId,
        message
      }
      assert.deepStrictEqual(found, [expected, expected])
    }).pipe(Effect.provide(layerOrdersInDatabase, { local: true }))
  )

  it.live("finds lines whose order is another organization's, or none's", () =>
    Effect.gen(function* () {
      const { broken, found, organizationId } = yield* findingsAfter(
        "UPDATE sales_orders SET organization_id = gen_random_uuid() WHERE order_id = $order"
      )
      assert.deepStrictEqual(
        found,
        [1, 2].map((line) => ({
          promise: 4,
          code: "line_without_order",
          organizationId,
          subject: broken.orderId,
          message: `Line ${line} belongs to no order of the organization.`
        }))
      )
    }).pipe(Effect.provide(layerOrdersInDatabase, { local: true }))
  )

  it.live("finds tables that are open to other organizations", () =>
    Effect.gen(function* () {
      const { found, organizationId } = yield* findingsAfter(
        "ALTER TABLE sales_order_lines NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE outbox DISABLE ROW LEVEL SECURITY"
      )
      assert.deepStrictEqual(
        found
          .filter((finding) => finding.organizationId === organizationId)
          .map(({ code, promise, subject }) => [promise, code, subject]),
        [
          [4, "row_security_off", "outbox"],
          [4, "row_security_off", "sales_order_lines"]
        ]
      )
    }).pipe(Effect.provide(layerOrdersInDatabase, { local: true }))
  )

  it.live("finds a cancelled order that is active", () =>
    Effect.gen(function* () {
      const { broken, found, organizationId } = yield* findingsAfter(
        "INSERT INTO saga_fences (organization_id, saga_id, epoch, undone) SELECT organization_id, order_id, 9, true " +
          "FROM sales_orders WHERE order_id = $order ON CONFLICT (organization_id, saga_id, generation) DO UPDATE SET undone = true"
      )
      const message = "The order was cancelled and is PENDING."
      const expected = { promise: 7, code: "order_active_after_cancel", subject: broken.orderId, message } as const
      assert.deepStrictEqual(found, [{ ...expected, organizationId }])
    }).pipe(Effect.provide(layerOrdersInDatabase, { local: true }))
  )

  it.live("goes through all orders, however many", () =>
    Effect.gen(function* () {
      const [one, other] = [makeOrganizationId(), makeOrganizationId()].toSorted()
      const { sql } = yield* OwnerDatabase
      const insert = (organization: string | undefined, orders: number) => sql`
        INSERT INTO sales_orders (organization_id, order_id, customer_id, currency, total_minor)
        SELECT ${organization ?? ""}::uuid, uuid_in(lpad(to_hex(n), 32, '0')::cstring), gen_random_uuid(), 'EUR', 10
        FROM generate_series(1, ${orders}::int) AS n`
      yield* insert(one, 4_500)
      yield* insert(other, 10)
      yield* sql`
        INSERT INTO sales_order_lines
          (organization_id, order_id, line_number, product_id, sku, quantity, unit_price_minor, line_total_minor)
        SELECT organization_id, order_id, 1, gen_random_uuid(), 'S', 1, 10, 10 FROM sales_orders`
      const organizations = [one, other].map((organization) => OrganizationId.make(organization ?? ""))
      assert.deepStrictEqual(yield* findings(organizations), [])

      // The first and the last order of some chunks of 500, and the last of all.
      const broken = [1, 500, 501, 4_000, 4_001, 4_500]
      yield* sql`
        UPDATE sales_orders SET total_minor = 11
        WHERE order_id = ANY (SELECT uuid_in(lpad(to_hex(n), 32, '0')::cstring) FROM unnest(${`{${broken}}`}::int[]) AS n)
          AND organization_id = ${one ?? ""}`
      const found = yield* findings(organizations)
      assert.deepStrictEqual(
        found.map(({ subject }) => Number.parseInt(subject.replaceAll("-", ""), 16)),
        broken
      )
    }).pipe(Effect.provide(layerOrdersInDatabase, { local: true }))
  )
})

layer(layerOrdersInDatabase, { excludeTestServices: true })("the audit of sound orders", (it) => {
  it.effect("finds nothing, whatever was done to them", () =>
    Effect.gen(function* () {
      const { cancel, confirm, create } = yield* OrdersCommands
      const orders = Array.from({ length: 12 }, () => sampleOrder())
      yield* create(orders)
      yield* confirm(orders.slice(0, 8).map((order) => commandFor(order)))
      yield* cancel([...orders.slice(4, 10), sampleOrder()].map((order) => commandFor(order)))
      const { organizations } = yield* OrdersAudit
      assert.deepStrictEqual(yield* findings(yield* organizations(undefined)), [])
    })
  )

  it.effect("goes on with the organizations after a given one, those with a tombstone only included", () =>
    Effect.gen(function* () {
      const { cancel, create } = yield* OrdersCommands
      const { organizations } = yield* OrdersAudit
      const orders = Array.from({ length: 3 }, () => sampleOrder())
      const stopped = sampleOrder()
      yield* create(orders)
      yield* cancel([commandFor(stopped)])
      const present = yield* organizations(undefined)
      assert.deepStrictEqual(present, [...new Set(present)].toSorted())
      for (const { organizationId } of [...orders, stopped]) assert.include(present, organizationId)
      assert.deepStrictEqual(yield* organizations(present[1]), present.slice(2))
      assert.deepStrictEqual(yield* organizations(present.at(-1)), [])
    })
  )

  it.effect("lists the orders, and tells the status and total of each one asked for", () =>
    Effect.gen(function* () {
      const { cancel, confirm, create } = yield* OrdersCommands
      const organizationId = makeOrganizationId()
      const sample = () => sampleOrder({ organizationId })
      const [pending, confirmed, cancelled, foreign] = [sample(), sample(), sample(), sampleOrder()]
      yield* create([pending, confirmed, cancelled, foreign])
      yield* confirm([commandFor(confirmed)])
      yield* cancel([commandFor(cancelled)])
      const { orders, salesOrdersOf } = yield* OrdersAudit
      const asked = [makeOrderId(), ...[cancelled, pending, foreign, confirmed, pending].map(({ orderId }) => orderId)]
      const found = yield* salesOrdersOf(organizationId, asked)
      assert.deepStrictEqual(
        found.map((order) => order?.status),
        [undefined, "CANCELLED", "PENDING", undefined, "CONFIRMED", "PENDING"]
      )
      assert.strictEqual(`${found[1]?.totalMinor} ${found[1]?.currency}`, "6992 EUR")
      assert.deepStrictEqual(yield* salesOrdersOf(organizationId, []), [])

      const all = [pending, confirmed, cancelled].map(({ orderId }) => orderId).toSorted()
      assert.deepStrictEqual(yield* orders(organizationId, undefined, 10), all)
      assert.deepStrictEqual(yield* orders(organizationId, all[0], 1), all.slice(1, 2))
    })
  )
})
