import { assert, describe, it } from "@effect/vitest"
import { type OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { allFindings, OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { AddStock } from "../../../src/application/AddStock.ts"
import { InventoryAudit } from "../../../src/contract/InventoryAudit.ts"
import { InventoryCommands } from "../../../src/contract/InventoryCommands.ts"
import { inventoryOnFreshDatabase, newOrganization, orderFor, productWithStock, releaseOf } from "../../Fixtures.ts"

const freshDatabase = inventoryOnFreshDatabase()

/** A test on a database of its own, because it breaks it. */
const itBreaks = (
  promise: string,
  body: Effect.Effect<void, unknown, Effect.Services<typeof shopWithOrders> | InventoryAudit>
) => it.live(promise, () => body.pipe(Effect.provide(freshDatabase)))

/** Two products, an order that holds some of each, and one that was released. */
const shopWithOrders = Effect.gen(function* () {
  const commands = yield* InventoryCommands
  const addStock = yield* AddStock
  const { sql } = yield* OwnerDatabase
  const organization = newOrganization()
  const hearts = yield* productWithStock(organization, 10, "HEARTS")
  const lanterns = yield* productWithStock(organization, 20, "LANTERNS")
  const held = orderFor(organization, [
    [hearts.productId, 2],
    [lanterns.productId, 3]
  ])
  const released = orderFor(organization, [[hearts.productId, 1]])
  yield* commands.reserve([held, released])
  yield* commands.release([releaseOf(released)])
  const added = yield* addStock({
    tenant: { organizationId: organization, principal: "clerk" },
    idempotencyKey: "delivery-1",
    product: { _tag: "ById", productId: hearts.productId },
    quantity: 5,
    reason: "warehouse_receiving",
    referenceId: undefined,
    notes: undefined
  })
  return { sql, organization, hearts, lanterns, held, released, added }
}).pipe(Effect.orDie)

const findingsOf = (...organizations: ReadonlyArray<OrganizationId>) =>
  Effect.flatMap(InventoryAudit, ({ checks }) => allFindings(checks, organizations))

describe("verifying inventory", () => {
  itBreaks(
    "finds nothing where all is well",
    Effect.gen(function* () {
      const { organization } = yield* shopWithOrders
      const other = yield* shopWithOrders
      assert.deepStrictEqual(yield* findingsOf(organization, other.organization, newOrganization()), [])
    })
  )

  itBreaks(
    "names the product whose stock is not what its transactions say",
    Effect.gen(function* () {
      const { hearts, lanterns, organization, sql } = yield* shopWithOrders
      yield* sql`UPDATE inventory_balances SET on_hand = on_hand + 1 WHERE product_id = ${hearts.productId}`
      yield* sql`DROP TRIGGER inventory_transactions_immutable ON inventory_transactions`
      yield* sql`UPDATE inventory_transactions SET quantity = 19 WHERE product_id = ${lanterns.productId}`
      const findings = yield* findingsOf(organization)
      assert.deepStrictEqual(
        findings.map(({ promise, code, subject }) => [promise, code, subject]),
        [
          [1, "on_hand_mismatch", hearts.productId],
          [1, "on_hand_mismatch", lanterns.productId]
        ]
      )
      assert.match(findings[0]?.message ?? "", /16 on hand .* sum up to 15/)
      assert.match(findings[1]?.message ?? "", /20 on hand .* sum up to 19/)
    })
  )

  itBreaks(
    "names the product of which more or less is reserved than its reservations hold",
    Effect.gen(function* () {
      const { hearts, held, lanterns, organization, sql } = yield* shopWithOrders
      yield* sql`UPDATE inventory_balances SET reserved = reserved + 4 WHERE product_id = ${hearts.productId}`
      yield* sql`DELETE FROM inventory_reservations WHERE order_id = ${held.orderId} AND product_id = ${lanterns.productId}`
      const findings = yield* findingsOf(organization)
      assert.deepStrictEqual(
        findings.map(({ promise, code, subject }) => [promise, code, subject]),
        [
          [1, "reserved_mismatch", hearts.productId],
          [1, "reserved_mismatch", lanterns.productId]
        ]
      )
      assert.match(findings[0]?.message ?? "", /6 reserved .* sum up to 2/)
      assert.match(findings[1]?.message ?? "", /3 reserved .* sum up to 0/)
    })
  )

  itBreaks(
    "names the product that is oversold",
    Effect.gen(function* () {
      const { hearts, held, organization, sql } = yield* shopWithOrders
      yield* sql`ALTER TABLE inventory_balances DROP CONSTRAINT inventory_balances_no_overselling`
      yield* sql`UPDATE inventory_balances SET reserved = 40 WHERE product_id = ${hearts.productId}`
      yield* sql`UPDATE inventory_reservations SET quantity = 40
        WHERE order_id = ${held.orderId} AND product_id = ${hearts.productId}`
      const findings = yield* findingsOf(organization)
      assert.deepStrictEqual(
        findings.map(({ promise, code, subject }) => [promise, code, subject]),
        [[1, "balance_out_of_bounds", hearts.productId]]
      )
      assert.match(findings[0]?.message ?? "", /40 reserved of 15 on hand/)
    })
  )

  itBreaks(
    "names the key that had two effects, and the one that had none",
    Effect.gen(function* () {
      const { added, hearts, organization, sql } = yield* shopWithOrders
      const [second, missing] = [uuidV7(), uuidV7()]
      yield* sql`ALTER TABLE inventory_adjustments DROP CONSTRAINT inventory_adjustments_pkey`
      yield* sql`ALTER TABLE inventory_adjustments DROP CONSTRAINT inventory_adjustments_transaction`
      yield* sql`INSERT INTO inventory_transactions
        SELECT organization_id, ${second}::uuid, product_id, location_id, type, 5, 20, reason, NULL, NULL, created_by
        FROM inventory_transactions WHERE transaction_id = ${added.movement.transactionId}`
      yield* sql`UPDATE inventory_balances SET on_hand = on_hand + 5 WHERE product_id = ${hearts.productId}`
      yield* sql`INSERT INTO inventory_adjustments
        SELECT organization_id, principal, idempotency_key, ${second}::uuid FROM inventory_adjustments`
      yield* sql`INSERT INTO inventory_adjustments
        SELECT organization_id, principal, 'lost', ${missing}::uuid FROM inventory_adjustments LIMIT 1`
      const findings = yield* findingsOf(organization)
      assert.sameDeepMembers(
        findings.map(({ promise, code, subject }) => [promise, code, subject]),
        [
          [3, "key_used_twice", hearts.productId],
          [3, "key_used_twice", hearts.productId],
          [3, "key_without_movement", missing]
        ]
      )
      assert.isTrue(findings.some(({ message }) => message.includes("Key delivery-1") && message.includes(second)))
      assert.isTrue(findings.some(({ message }) => message.includes("Key lost")))
    })
  )

  itBreaks(
    "names the order, and the product, that refer to another organization",
    Effect.gen(function* () {
      const { hearts, held, lanterns, organization, sql } = yield* shopWithOrders
      const other = yield* shopWithOrders
      yield* sql`INSERT INTO inventory_reservations
          (organization_id, order_id, product_id, location_id, reservation_id, quantity, status, released_at)
        SELECT ${other.organization}::uuid, ${other.held.orderId}::uuid, product_id, location_id, ${uuidV7()}::uuid, 1,
          'RELEASED', now()
        FROM inventory_reservations WHERE order_id = ${held.orderId} AND product_id = ${hearts.productId}`
      yield* sql`ALTER TABLE inventory_balances DROP CONSTRAINT inventory_balances_product`
      yield* sql`ALTER TABLE inventory_balances DROP CONSTRAINT inventory_balances_location`
      yield* sql`INSERT INTO inventory_balances
        SELECT ${other.organization}::uuid, product_id, location_id, 0, 0 FROM inventory_balances
        WHERE organization_id = ${organization} AND product_id <> ${hearts.productId}`
      yield* sql`ALTER TABLE inventory_transactions DROP CONSTRAINT inventory_transactions_balance`
      yield* sql`INSERT INTO inventory_transactions
        SELECT ${other.organization}::uuid, ${uuidV7()}::uuid, product_id, location_id, type, 5, 20, reason, NULL, NULL,
          created_by
        FROM inventory_transactions WHERE product_id = ${hearts.productId} LIMIT 1`
      const findings = yield* findingsOf(organization, other.organization)
      assert.deepStrictEqual(
        findings.map(({ promise, code, organizationId, subject }) => [promise, code, organizationId, subject]),
        [
          [4, "reference_outside_organization", other.organization, lanterns.productId],
          [4, "reference_outside_organization", other.organization, hearts.productId],
          [4, "reference_outside_organization", other.organization, other.held.orderId]
        ]
      )
      assert.include(findings[2]?.message, hearts.productId)
    })
  )

  itBreaks(
    "names the order that holds stock after its release",
    Effect.gen(function* () {
      const { hearts, organization, released, sql } = yield* shopWithOrders
      yield* sql`UPDATE inventory_reservations SET status = 'RESERVED', released_at = NULL
        WHERE order_id = ${released.orderId}`
      yield* sql`UPDATE inventory_balances SET reserved = reserved + 1 WHERE product_id = ${hearts.productId}`
      const findings = yield* findingsOf(organization)
      assert.deepStrictEqual(
        findings.map(({ promise, code, subject }) => [promise, code, subject]),
        [[7, "stock_held_after_release", released.orderId]]
      )
      assert.include(findings[0]?.message, hearts.productId)
    })
  )

  itBreaks(
    "names the table that is open to other organizations",
    Effect.gen(function* () {
      const { organization, sql } = yield* shopWithOrders
      yield* sql`ALTER TABLE inventory_reservations NO FORCE ROW LEVEL SECURITY`
      yield* sql`CREATE POLICY open ON products USING (true)`
      assert.deepStrictEqual(
        (yield* findingsOf(organization)).map(({ promise, code, subject }) => [promise, code, subject]),
        [
          [4, "row_security_off", "inventory_reservations"],
          [4, "row_security_off", "products"]
        ]
      )
    })
  )

  itBreaks(
    "goes through more rows than one chunk holds",
    Effect.gen(function* () {
      const { organization, sql } = yield* shopWithOrders
      yield* sql`INSERT INTO products (organization_id, product_id, sku, name, price_minor, currency)
        SELECT ${organization}::uuid, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'BULK-' || n, 'Bulk',
          n, 'EUR' FROM generate_series(1, 1500) AS n`
      yield* sql`INSERT INTO inventory_balances
        SELECT p.organization_id, p.product_id, l.location_id, 0, 0 FROM products p JOIN locations l USING (organization_id)
        WHERE p.sku LIKE 'BULK-%'`
      assert.deepStrictEqual(yield* findingsOf(organization), [])
      yield* sql`UPDATE inventory_balances SET on_hand = 1
        WHERE product_id IN (SELECT product_id FROM products WHERE sku IN ('BULK-1', 'BULK-777', 'BULK-1500'))`
      const three = yield* findingsOf(organization)
      assert.deepStrictEqual(
        three.map(({ subject }) => Number.parseInt(subject.slice(-12), 16)),
        [1, 777, 1500]
      )
    })
  )

  itBreaks(
    "is right while orders are being executed",
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 1_000)
      const orders = Array.from({ length: 200 }, () => orderFor(organization, [[productId, 1]]))
      const traffic = Effect.forEach(orders, (order) => commands.reserve([order]), { concurrency: 4 })
      const checks = Effect.forEach(Array.from({ length: 40 }), () => findingsOf(organization))
      const [, findings] = yield* Effect.all([traffic, checks], { concurrency: "unbounded" })
      assert.deepStrictEqual(findings.flat(), [])
    })
  )

  itBreaks(
    "knows which organizations there are, and what their orders hold",
    Effect.gen(function* () {
      const audit = yield* InventoryAudit
      const { held, organization, released } = yield* shopWithOrders
      const other = yield* shopWithOrders
      assert.deepStrictEqual(yield* audit.organizations(undefined), [organization, other.organization])
      assert.deepStrictEqual(yield* audit.organizations(organization), [other.organization])
      assert.deepStrictEqual(yield* audit.organizations(other.organization), [])
      const orders = [held.orderId, released.orderId].toSorted()
      assert.deepStrictEqual(yield* audit.orders(organization, undefined, 10), orders)
      assert.deepStrictEqual(yield* audit.orders(organization, undefined, 1), orders.slice(0, 1))
      assert.deepStrictEqual(yield* audit.orders(organization, orders[0], 10), orders.slice(1))
      const unknown = orderFor(organization, []).orderId
      assert.deepStrictEqual(
        yield* audit.reservationsOf(organization, [unknown, held.orderId, released.orderId, other.held.orderId]),
        [
          { _tag: "None" },
          { _tag: "Reserved", lines: 2, quantity: 5 },
          { _tag: "Released", lines: 1, quantity: 1 },
          { _tag: "None" }
        ]
      )
    })
  )
})
