import type { Currency, MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { Outcome } from "@valerix/saga"
import { Context, type Effect } from "effect"

/** Names the payment of one order: each generation of an order's authorization is a payment of its own. */
export interface PaymentCommand {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  /** Counts the authorizations of an order from 1: an abandoned one is settled, and the next begins anew. */
  readonly generation: number
  /** The saga's epoch; 0 before there is a saga. */
  readonly epoch: number
  readonly correlationId: string | undefined
}

export interface AuthorizePayment extends PaymentCommand {
  readonly customerId: string
  readonly amountMinor: MinorUnits
  readonly currency: Currency
  readonly method: string
  /** What the provider knows the customer's means of payment by. Never logged, and not kept beyond the authorization. */
  readonly token: string
}

export type AuthorizeOutcome =
  | { readonly _tag: "Authorized"; readonly authorizationId: string; readonly expiresAt: Date }
  | { readonly _tag: "Declined"; readonly declineCode: string; readonly message: string }
  /** No definite answer: the authorization may exist. Repeat, or settle the generation. */
  | { readonly _tag: "Unavailable"; readonly reason: string }
  /** The generation was settled before: it will never be authorized. */
  | { readonly _tag: "Cancelled" }

/**
 * The commands of an order's payment. Each takes a vector and gives one outcome per command, in its order; each may be
 * repeated: the provider sees one key per operation (`authorize-{order}-{generation}`, `capture-{order}`, …) whatever
 * the number of attempts. Codes of rejection of capture: `payment_not_found`, `authorization_expired`,
 * `capture_rejected`; settle has none that a repetition would not cure, but `settlement_rejected`.
 */
export class PaymentsCommands extends Context.Service<
  PaymentsCommands,
  {
    readonly authorize: (commands: ReadonlyArray<AuthorizePayment>) => Effect.Effect<ReadonlyArray<AuthorizeOutcome>>
    /** Captures the whole authorized amount. */
    readonly capture: (commands: ReadonlyArray<PaymentCommand>) => Effect.Effect<ReadonlyArray<Outcome>>
    /**
     * The undo of capture and of authorize: makes every operation whose answer is missing definite, then voids what is
     * authorized and refunds what is captured. Done means that no money is held or kept, and that none can be any more.
     */
    readonly settle: (commands: ReadonlyArray<PaymentCommand>) => Effect.Effect<ReadonlyArray<Outcome>>
  }
>()("@valerix/payments/contract/PaymentsCommands") {}
