import type { AuthorizeOutcome, AuthorizePayment, PaymentCommand, PaymentsCommands } from "@valerix/payments/contract"
import { cancelled, done, type Outcome, rejected } from "@valerix/saga"
import { fenced, memoryFences } from "./Fenced.ts"
import { Script } from "./Script.ts"

export interface Payment {
  readonly orderId: string
  readonly generation: number
  readonly amountMinor: number
  readonly state: "AUTHORIZED" | "DECLINED" | "CAPTURED" | "VOIDED" | "REFUNDED"
}

/** Tokens that the provider treats in a way of its own. */
export const DECLINED_TOKEN = "tok_declined"
export const UNCAPTURABLE_TOKEN = "tok_uncapturable"
/** Its authorizations have ids that no database can store. */
export const UNSTORABLE_TOKEN = "tok_unstorable"

const EXPIRES_AT = new Date("2100-01-01T00:00:00Z")

/** Payments with a provider in memory. It keeps what it did even when its answer does not arrive. */
export class ScriptedPayments {
  readonly script = new Script<"authorize" | "capture" | "settle">()
  readonly payments = new Map<string, Payment>()
  private readonly tokens = new Map<string, string>()
  private readonly silenced = new Set<string>()
  private readonly fences = memoryFences()

  readonly commands: PaymentsCommands["Service"] = {
    authorize: (commands) => this.script.play("authorize", commands, (command) => this.authorize(command)),
    capture: (commands) => this.script.play("capture", commands, (command) => this.capture(command)),
    settle: (commands) => this.script.play("settle", commands, (command) => this.settle(command))
  }

  /** The provider's answers to authorizations of this order do not arrive from now on. */
  silence(orderId: string): void {
    this.silenced.add(orderId)
  }

  /** The payments of an order, the first generation first: `["VOIDED", "CAPTURED"]`. */
  statesOf(orderId: string): ReadonlyArray<Payment["state"]> {
    return [...this.payments.values()]
      .filter((payment) => payment.orderId === orderId)
      .toSorted((a, b) => a.generation - b.generation)
      .map((payment) => payment.state)
  }

  private authorize(command: AuthorizePayment): AuthorizeOutcome {
    if (!this.fences.admit(fenced(command))) return { _tag: "Cancelled" }
    const { amountMinor, generation, orderId, token } = command
    const isDeclined = token === DECLINED_TOKEN
    this.tokens.set(orderId, token)
    if (!this.payments.has(keyOf(command))) {
      const state = isDeclined ? "DECLINED" : "AUTHORIZED"
      this.payments.set(keyOf(command), { orderId, generation, amountMinor, state })
    }
    if (this.silenced.has(orderId)) return { _tag: "Unavailable", reason: "no answer" }
    if (isDeclined) return { _tag: "Declined", declineCode: "insufficient_funds", message: "Not enough money." }
    const id = `auth-${orderId}-${generation}`
    return {
      _tag: "Authorized",
      authorizationId: token === UNSTORABLE_TOKEN ? `${id}\0` : id,
      expiresAt: EXPIRES_AT
    }
  }

  private capture(command: PaymentCommand): Outcome {
    if (!this.fences.admit(fenced(command))) return cancelled
    const payment = this.payments.get(keyOf(command))
    if (payment === undefined) return rejected("payment_not_found", "There is no such payment.")
    if (this.tokens.get(command.orderId) === UNCAPTURABLE_TOKEN) {
      return rejected("capture_rejected", "The bank refused it.")
    }
    if (payment.state === "CAPTURED") return done
    if (payment.state !== "AUTHORIZED") return rejected("capture_rejected", `It is ${payment.state}.`)
    this.payments.set(keyOf(command), { ...payment, state: "CAPTURED" })
    return done
  }

  private settle(command: PaymentCommand): Outcome {
    if (!this.fences.undo(fenced(command))) return cancelled
    const payment = this.payments.get(keyOf(command))
    if (payment?.state === "AUTHORIZED") this.payments.set(keyOf(command), { ...payment, state: "VOIDED" })
    if (payment?.state === "CAPTURED") this.payments.set(keyOf(command), { ...payment, state: "REFUNDED" })
    return done
  }
}

const keyOf = ({ orderId, generation }: PaymentCommand): string => `${orderId}/${generation}`
