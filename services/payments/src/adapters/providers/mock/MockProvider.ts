import type { PgClient } from "@effect/sql-pg"
import { TenantDatabase } from "@valerix/database"
import { Effect, Layer } from "effect"
import { PaymentProvider, type ProviderRequest } from "../../../application/ports/PaymentProvider.ts"
import { authorizeAtMock } from "./AuthorizeAtMock.ts"
import { captureAtMock } from "./CaptureAtMock.ts"
import { deliver } from "./Delivery.ts"
import { lookupAtMock } from "./LookupAtMock.ts"
import { type MockOperation, MockProviderFaults } from "./MockProviderFaults.ts"
import type { MockProviderSettings } from "./MockProviderSettings.ts"
import { refundAtMock } from "./RefundAtMock.ts"
import { voidAtMock } from "./VoidAtMock.ts"

/**
 * A payment provider for development, tests and measurements. It works in a database of its own (the TenantDatabase that
 * this layer is given) and goes on with what it was asked when its caller has stopped waiting.
 */
export const layerMockProvider = (
  settings: MockProviderSettings
): Layer.Layer<PaymentProvider, never, TenantDatabase | MockProviderFaults> =>
  Layer.effect(
    PaymentProvider,
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const faults = yield* MockProviderFaults
      const scope = yield* Effect.scope

      const served = <Request extends ProviderRequest, Answer>(
        operation: MockOperation,
        work: (
          sql: PgClient.PgClient,
          requests: ReadonlyArray<Request>
        ) => Effect.Effect<ReadonlyArray<Answer>, unknown>
      ) => {
        const serve = (requests: ReadonlyArray<Request>) =>
          transaction(requests.map(({ organizationId }) => organizationId))(Effect.orDie(work(sql, requests)))
        return Effect.fn(`MockProvider.${operation}`)((requests: ReadonlyArray<Request>) =>
          deliver({ operation, serve, faults, settings, scope }, requests)
        )
      }

      // A lookup changes nothing, so callers do not count how often they ask; one that failed must not fail for ever.
      const lookup = served("lookup", lookupAtMock)
      let lookups = 0
      const counted = (request: ProviderRequest): ProviderRequest => {
        lookups += 1
        return { ...request, attempt: lookups }
      }

      return PaymentProvider.of({
        authorize: served("authorize", (client, requests) => authorizeAtMock(client, requests, settings)),
        capture: served("capture", captureAtMock),
        void: served("void", voidAtMock),
        refund: served("refund", refundAtMock),
        lookup: (requests) => Effect.suspend(() => lookup(requests.map(counted)))
      })
    })
  )
