import type { Currency, MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect, type Redacted } from "effect"
import type { OperationKind } from "../../domain/Operation.ts"

/** What every request carries: the key makes all requests for one operation one, however often it is asked. */
export interface ProviderRequest {
  readonly organizationId: OrganizationId
  readonly key: string
  /** Counts the requests of the operation, from 1. */
  readonly attempt: number
}

export interface AuthorizeRequest extends ProviderRequest {
  /** What the authorization, and all that comes of it, is filed under at the provider. */
  readonly orderId: OrderId
  readonly amountMinor: MinorUnits
  readonly currency: Currency
  readonly token: Redacted.Redacted
}

export interface CaptureRequest extends ProviderRequest {
  readonly authorizationId: string
  readonly amountMinor: MinorUnits
}

export interface VoidRequest extends ProviderRequest {
  readonly authorizationId: string
}

export interface RefundRequest extends ProviderRequest {
  readonly captureId: string
  readonly amountMinor: MinorUnits
}

/** No answer came: a timeout, a lost connection, a 5xx. It may have happened, or may yet. */
export interface Unanswered {
  readonly _tag: "Unanswered"
  readonly reason: string
}

/** The request certainly did not leave. Nothing is said of earlier requests of the same operation. */
export interface NotSent {
  readonly _tag: "NotSent"
  readonly reason: string
}

/** The key was used before, with other parameters. Nothing was done now. */
export interface KeyReused {
  readonly _tag: "KeyReused"
}

/** It was not done, for a reason that has no name of its own here. */
export interface Rejected {
  readonly _tag: "Rejected"
  readonly code: string
  readonly message: string
}

type Indefinite = Unanswered | NotSent | KeyReused

export type AuthorizeAnswer =
  | { readonly _tag: "Succeeded"; readonly reference: string; readonly expiresAt: Date }
  | { readonly _tag: "Declined"; readonly code: string; readonly message: string }
  | Indefinite

export type CaptureAnswer =
  | { readonly _tag: "Succeeded"; readonly reference: string }
  /** By a capture under another key. */
  | { readonly _tag: "AlreadyCaptured" }
  | { readonly _tag: "AlreadyVoided" }
  | { readonly _tag: "Expired" }
  | { readonly _tag: "NotFound" }
  | Rejected
  | Indefinite

export type VoidAnswer =
  | { readonly _tag: "Succeeded"; readonly reference: string }
  | { readonly _tag: "AlreadyVoided" }
  | { readonly _tag: "AlreadyCaptured" }
  | { readonly _tag: "Expired" }
  | { readonly _tag: "NotFound" }
  | Rejected
  | Indefinite

export type RefundAnswer =
  | { readonly _tag: "Succeeded"; readonly reference: string }
  | { readonly _tag: "AlreadyRefunded" }
  | { readonly _tag: "NotFound" }
  | Rejected
  | Indefinite

export type LookupAnswer =
  | {
      readonly _tag: "Found"
      readonly kind: OperationKind
      readonly reference: string
      /** The authorization that it belongs to, or is. */
      readonly authorizationId: string
      readonly amountMinor: MinorUnits
    }
  | { readonly _tag: "FoundDeclined"; readonly code: string; readonly message: string }
  /** Not now. A request that is on its way may still make it. */
  | { readonly _tag: "NotFound" }
  | Unanswered
  | NotSent

/**
 * A payment provider. Every method takes a vector and gives one answer per item, in its order, by its own deadline and
 * without ever failing; an item that has no answer by then is Unanswered. What an implementation has to hold:
 *
 * - Same key and same parameters: one effect, and the same answer whenever it is asked, a decline included, and also
 *   after the effect was undone by another operation. Same key and other parameters: KeyReused.
 * - A capture and a void of one authorization exclude each other, also when both arrive at once. One authorization is
 *   captured once.
 * - `AlreadyVoided` and `Expired` are final: no later capture of that authorization succeeds.
 * - Once a capture has succeeded, or made a void `AlreadyCaptured`, `lookup` finds it by its key.
 */
export class PaymentProvider extends Context.Service<
  PaymentProvider,
  {
    readonly authorize: (requests: ReadonlyArray<AuthorizeRequest>) => Effect.Effect<ReadonlyArray<AuthorizeAnswer>>
    readonly capture: (requests: ReadonlyArray<CaptureRequest>) => Effect.Effect<ReadonlyArray<CaptureAnswer>>
    readonly void: (requests: ReadonlyArray<VoidRequest>) => Effect.Effect<ReadonlyArray<VoidAnswer>>
    readonly refund: (requests: ReadonlyArray<RefundRequest>) => Effect.Effect<ReadonlyArray<RefundAnswer>>
    readonly lookup: (requests: ReadonlyArray<ProviderRequest>) => Effect.Effect<ReadonlyArray<LookupAnswer>>
  }
>()("@valerix/payments/application/PaymentProvider") {}
