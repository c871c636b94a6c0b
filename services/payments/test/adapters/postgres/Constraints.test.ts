import { assert, layer } from "@effect/vitest"
import { databaseRejectedDataIn, dieOnSqlError, TenantDatabase } from "@valerix/database"
import { OwnerDatabase } from "@valerix/testing"
import { Cause, Effect, Exit } from "effect"
import type { SqlError } from "effect/sql"
import { PaymentsCommands } from "../../../src/contract/index.ts"
import { MockProviderFaults } from "../../../src/Payments.ts"
import { aPayment, makeOrganizationId, testPayments } from "../../TestPayments.ts"

const captured = Effect.gen(function* () {
  const { authorize, capture } = yield* PaymentsCommands
  const payment = aPayment()
  yield* authorize([payment])
  yield* capture([{ ...payment, epoch: 1 }])
  return payment
})

layer(testPayments(), { excludeTestServices: true })("the payments database", (it) => {
  /** The constraint that a statement of the owner, who may do anything else, runs into. */
  const constraintMet = Effect.fnUntraced(function* (statement: Effect.Effect<unknown, SqlError.SqlError>) {
    const exit = yield* Effect.exit(dieOnSqlError(statement))
    return Exit.isFailure(exit) ? databaseRejectedDataIn(exit.cause)?.constraint : "none"
  })

  it.effect("refuses more captured than authorized, and more refunded than captured", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { organizationId } = yield* captured
      assert.strictEqual(
        yield* constraintMet(sql`UPDATE payments SET captured_minor = 2000 WHERE organization_id = ${organizationId}`),
        "payments_captured_at_most_authorized"
      )
      const refund = sql`
        UPDATE payments SET status = 'REFUNDED', captured_minor = 5, refunded_minor = 6
        WHERE organization_id = ${organizationId}`
      // Two of them forbid it: one says what a refunded payment is, the other what no payment is.
      assert.strictEqual(yield* constraintMet(refund), "payments_refunded")
      yield* sql`ALTER TABLE payments DROP CONSTRAINT payments_refunded`
      assert.strictEqual(yield* constraintMet(refund), "payments_refunded_at_most_captured")
    })
  )

  it.effect("refuses a status without what belongs to it", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { organizationId } = yield* captured
      const to = (status: string) =>
        constraintMet(sql`UPDATE payments SET status = ${status} WHERE organization_id = ${organizationId}`)
      assert.strictEqual(yield* to("VOIDED"), "payments_captured")
      assert.strictEqual(yield* to("DECLINED"), "payments_authorized")
    })
  )

  it.effect("refuses a second capture of an order, and a shared authorization", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { authorize } = yield* PaymentsCommands
      const payment = yield* captured
      yield* authorize([{ ...payment, generation: 2 }])
      assert.strictEqual(
        yield* constraintMet(sql`
          INSERT INTO payment_operations (organization_id, order_id, generation, kind, provider_key, amount_minor, state, attempts)
          SELECT organization_id, order_id, 2, 'CAPTURE', provider_key, amount_minor, 'PENDING', 1 FROM payment_operations
          WHERE organization_id = ${payment.organizationId} AND kind = 'CAPTURE'`),
        "payment_operations_one_capture"
      )
      assert.strictEqual(
        yield* constraintMet(sql`
          UPDATE payments SET authorization_id = 'auth_same' WHERE organization_id = ${payment.organizationId}`),
        "payments_authorization"
      )
    })
  )

  it.effect("refuses to keep the means of payment beyond the answer", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { organizationId } = yield* captured
      assert.strictEqual(
        yield* constraintMet(
          sql`UPDATE payment_operations SET token = 'tok' WHERE organization_id = ${organizationId}`
        ),
        "payment_operations_token_erased"
      )
    })
  )

  it.effect("lets the service change neither amounts nor keys, and delete nothing", () =>
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const { organizationId } = yield* captured
      for (const statement of [
        sql`UPDATE payments SET amount_minor = 1`,
        sql`UPDATE payments SET order_id = payment_id`,
        sql`UPDATE payment_operations SET provider_key = 'another'`,
        sql`UPDATE outbox SET payload = '{}'`,
        sql`DELETE FROM payments`,
        sql`DELETE FROM payment_operations`,
        sql`DELETE FROM saga_fences`
      ]) {
        const exit = yield* Effect.exit(transaction([organizationId])(statement))
        assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", "permission denied")
      }
    })
  )

  it.effect("shows and takes rows of the transaction's organizations only", () =>
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const { organizationId } = yield* captured
      const stranger = makeOrganizationId()
      for (const table of ["payments", "payment_operations", "saga_fences", "outbox"]) {
        assert.isNotEmpty(yield* transaction([organizationId])(sql`SELECT 1 FROM ${sql(table)}`))
        assert.isEmpty(yield* transaction([stranger])(sql`SELECT 1 FROM ${sql(table)}`))
      }
      const foreign = yield* Effect.exit(
        transaction([stranger])(sql`
          INSERT INTO direct_requests (organization_id, idempotency_key, order_id)
          VALUES (${organizationId}, 'key', ${organizationId})`)
      )
      assert.isTrue(Exit.isFailure(foreign))
      assert.isUndefined(Exit.isFailure(foreign) ? databaseRejectedDataIn(foreign.cause) : "inserted")
    })
  )

  it.effect("counts the requests for an operation, and times the first, the latest and the answer", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const { sql } = yield* OwnerDatabase
      const faults = yield* MockProviderFaults
      const payment = aPayment()
      yield* faults.next("authorize", "REQUEST_LOST", 2)
      for (let round = 0; round < 3; round += 1) yield* authorize([payment])
      assert.deepStrictEqual(
        yield* sql`
          SELECT attempts, requested_at < attempted_at AS was_repeated, attempted_at <= answered_at AS was_answered
          FROM payment_operations WHERE organization_id = ${payment.organizationId}`,
        [{ attempts: 3, was_repeated: true, was_answered: true }]
      )
    })
  )
})
