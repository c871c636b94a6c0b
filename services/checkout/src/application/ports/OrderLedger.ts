import type { Currency, CustomerId, MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { Attempt, SagaFailure, SagaKey } from "@valerix/saga"
import type { Tenant } from "@valerix/tenancy"
import { Context, type Effect, type Option } from "effect"
import type { InterventionOutcome } from "../../domain/Intervention.ts"
import type { LedgerState, LedgerStatus } from "../../domain/LedgerStatus.ts"
import type { PricedLine, PricedOrder } from "../../domain/PricedOrder.ts"

/** A request that is ready to be written. */
export interface NewEntry {
  readonly tenant: Tenant
  readonly idempotencyKey: string
  readonly requestHash: string
  readonly correlationId: string | undefined
  readonly order: PricedOrder
}

/** One authorization of one order: what the edge leases, asks payments for, and concludes. */
export interface Authorization {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly generation: number
  readonly correlationId: string | undefined
}

/** What came of writing an entry. */
export type Begun =
  /** The entry is new, or an abandoned one that this request takes up again; this edge holds the lease. */
  | {
      readonly _tag: "Begun"
      readonly authorization: Authorization
      readonly totalMinor: MinorUnits
      readonly currency: Currency
      /** As the order was first written: prices may have changed since. */
      readonly lines: ReadonlyArray<PricedLine>
      readonly customerId: CustomerId
      readonly createdAt: Date
    }
  | Recalled

/** What is known of a key that was used before. */
export type Recalled =
  /** With the same request, and its order is past the authorization. */
  | { readonly _tag: "Known"; readonly orderId: OrderId }
  /** An edge is at work on it. */
  | { readonly _tag: "InProgress"; readonly orderId: OrderId }
  /** With another request. */
  | { readonly _tag: "KeyReused" }

export type Conclusion = Authorization &
  (
    | {
        readonly _tag: "Authorized"
        readonly authorizationId: string
        readonly expiresAt: Date
        readonly durationMs: number
      }
    | { readonly _tag: "Declined"; readonly failure: SagaFailure; readonly durationMs: number }
    /** Given up: the sweep settles the authorization, and the next request with the key begins another. */
    | { readonly _tag: "Abandoned"; readonly reason: string; readonly durationMs: number }
  )

/** An order as the ledger holds it. */
export interface LedgerEntry {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly clientRequestId: string
  readonly customerId: CustomerId
  readonly email: string | undefined
  readonly currency: Currency
  readonly totalMinor: MinorUnits
  readonly lines: ReadonlyArray<PricedLine>
  readonly adjustments: ReadonlyArray<{
    readonly kind: "SHIPPING" | "TAX" | "DISCOUNT" | "FEE"
    readonly amountMinor: MinorUnits
    readonly description: string | undefined
  }>
  readonly shippingAddress: unknown
  readonly paymentMethod: string
  readonly externalReference: string | undefined
  readonly metadata: unknown
  readonly correlationId: string | undefined
  readonly status: LedgerStatus
  readonly generation: number
  /** Its authorization was given up without an answer; the next request with its key begins another. */
  readonly isAbandoned: boolean
  readonly paymentAuthorizationId: string | undefined
  readonly retryCount: number
  readonly nextRetryAt: Date | undefined
  readonly cancelRequestedAt: Date | undefined
  readonly failure: SagaFailure | undefined
  readonly parkReason: string | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** One attempt at one step, or one intervention. */
export interface TimelineEntry {
  readonly step: string
  readonly attempt: number
  readonly outcome: Attempt["outcome"] | InterventionOutcome
  /** Of an attempt what came of it, of an intervention why. */
  readonly detail: string | undefined
  readonly durationMs: number
  readonly epoch: number
  /** Who intervened; none: this is an attempt. */
  readonly principal: string | undefined
  readonly recordedAt: Date
}

export interface LedgerFilter {
  readonly states: ReadonlyArray<LedgerState> | undefined
  readonly customerId: CustomerId | undefined
  readonly beforeOrderId: OrderId | undefined
  readonly limit: number
}

export type CancelResult =
  /** It will be looked at before the next step, or has turned a completed order back. */
  | { readonly _tag: "Requested" }
  | { readonly _tag: "Ended"; readonly status: LedgerStatus; readonly failure: SagaFailure | undefined }

/** The order ledger. Every write is conditional: it keeps only what is still as its writer believes. */
export class OrderLedger extends Context.Service<
  OrderLedger,
  {
    /**
     * Writes entries with their lines and leases them to this edge; gives one result per entry. A key that stands twice
     * stands with different requests: the first of them is written.
     */
    readonly begin: (entries: ReadonlyArray<NewEntry>, leaseMs: number) => Effect.Effect<ReadonlyArray<Begun>>
    /**
     * What is known of a request's key, without beginning anything; none where it is new, or the same request may begin
     * its order again.
     */
    readonly recall: (request: {
      readonly tenant: Tenant
      readonly idempotencyKey: string
      readonly requestHash: string
    }) => Effect.Effect<Recalled | undefined>
    /**
     * Concludes authorizations, each named once, that are still this edge's: an authorized order's row in the saga queue and its event are
     * written with it. Gives false where the lease was lost: then nothing was changed.
     */
    readonly conclude: (conclusions: ReadonlyArray<Conclusion>) => Effect.Effect<ReadonlyArray<boolean>>
    /**
     * After concluding without an answer: gives true where it was written nevertheless, and abandons every authorization
     * that is still awaited, with this reason.
     */
    readonly abandonUnlessConcluded: (
      conclusions: ReadonlyArray<Conclusion>,
      reason: string
    ) => Effect.Effect<ReadonlyArray<boolean>>
    /** Takes leases that ran out, abandons their authorizations, and gives those that have to be settled. */
    readonly abandonExpired: (options: {
      readonly limit: number
      readonly retryMs: number
    }) => Effect.Effect<ReadonlyArray<Authorization>>
    /** Forgets authorizations that are settled. */
    readonly forgetSettled: (authorizations: ReadonlyArray<Authorization>) => Effect.Effect<void>
    readonly find: (organizationId: OrganizationId, orderId: OrderId) => Effect.Effect<Option.Option<LedgerEntry>>
    /** Entries of several organizations, in the order of the keys; none where there is none. */
    readonly load: (sagas: ReadonlyArray<SagaKey>) => Effect.Effect<ReadonlyArray<LedgerEntry | undefined>>
    /** Newest first. */
    readonly list: (organizationId: OrganizationId, filter: LedgerFilter) => Effect.Effect<ReadonlyArray<LedgerEntry>>
    /** Oldest first, after an order; from the first one when it is not given. */
    readonly walk: (
      organizationId: OrganizationId,
      page: { readonly afterOrderId: OrderId | undefined; readonly limit: number }
    ) => Effect.Effect<ReadonlyArray<LedgerEntry>>
    readonly timeline: (organizationId: OrganizationId, orderId: OrderId) => Effect.Effect<ReadonlyArray<TimelineEntry>>
    readonly statuses: (sagas: ReadonlyArray<SagaKey>) => Effect.Effect<ReadonlyMap<string, LedgerStatus>>
    readonly requestCancel: (
      organizationId: OrganizationId,
      orderId: OrderId
    ) => Effect.Effect<Option.Option<CancelResult>>
  }
>()("@valerix/checkout/OrderLedger") {}
