import { assert, layer } from "@effect/vitest"
import { MinorUnits } from "@valerix/money-and-ids"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Inspectable, Logger, Tracer } from "effect"
import { PaymentsCommands } from "../../src/contract/index.ts"
import { MockProviderFaults } from "../../src/Payments.ts"
import { aPayment, ProviderBooks, testPayments } from "../TestPayments.ts"

layer(testPayments(), { excludeTestServices: true })("the means of payment", (it) => {
  it.effect("is in no log line and no span, whatever fails, and in no event", () =>
    Effect.gen(function* () {
      const { authorize, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const { sql } = yield* OwnerDatabase
      const { sql: provider } = yield* ProviderBooks
      const written: Array<string> = []
      const logger = Logger.make((entry) => {
        written.push(Logger.formatLogFmt.log(entry), Inspectable.toStringUnknown(entry.message))
      })
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      const secret = (differences = {}) => aPayment({ token: "tok_secret", ...differences })
      yield* Effect.gen(function* () {
        yield* authorize([secret(), secret({ amountMinor: MinorUnits.make(-1) })])
        yield* provider`ALTER TABLE authorizations ADD CONSTRAINT closed CHECK (amount_minor <> 7)`
        const broken = secret({ amountMinor: MinorUnits.make(7) })
        yield* authorize([broken])
        yield* sql`ALTER TABLE payment_operations ADD CONSTRAINT closed CHECK (attempts <> 2)`
        yield* authorize([broken])
        yield* sql`ALTER TABLE payment_operations DROP CONSTRAINT closed`
        yield* sql`ALTER TABLE payment_operations RENAME COLUMN message TO messages`
        yield* authorize([secret()])
        yield* sql`ALTER TABLE payment_operations RENAME COLUMN messages TO message`
        yield* faults.next("authorize", "ANSWER_LOST")
        const lost = secret()
        yield* authorize([lost])
        yield* settle([lost])
      }).pipe(Effect.provide(Logger.layer([logger])), Effect.withTracer(tracer))
      assert.isAtLeast(written.length, 4)
      assert.isAtLeast(spans.length, 10)
      assert.notInclude(written.join("\n"), "tok_secret")
      for (const span of spans) {
        const events = span instanceof Tracer.NativeSpan ? span.events : []
        assert.notInclude(Inspectable.toStringUnknown([...span.attributes, ...events]), "tok_secret")
      }
      assert.isEmpty(yield* sql`SELECT 1 FROM outbox WHERE payload::text LIKE '%tok_secret%'`)
    })
  )
})
