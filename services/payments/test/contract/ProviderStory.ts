import { Currency, MinorUnits, makeOrderId } from "@valerix/money-and-ids"
import { Aliases } from "@valerix/testing"
import { Effect, Redacted } from "effect"
import fc from "fast-check"
import { PaymentProvider } from "../../src/application/ports/PaymentProvider.ts"
import { ProviderStatement } from "../../src/application/ports/ProviderStatement.ts"
import { ProviderUnderTest } from "../PaymentProviderContract.ts"
import { makeOrganizationId } from "../TestPayments.ts"

const DAY_MS = 24 * 3_600_000
const TOKENS = ["tok_good", "tok_other", "tok_decline_insufficient"] as const
const KEYS = 3

/** One request of a vector; what an operation does not ask for is left out. */
interface Asked {
  readonly organization: 0 | 1
  readonly key: number
  readonly order: number
  readonly amountMinor: number
  readonly token: (typeof TOKENS)[number]
  /** Counts the effects that were seen so far; one of them may be another organization's, or none. */
  readonly of: number
}

type Operation = "authorize" | "capture" | "void" | "refund" | "lookup"

type Step =
  | { readonly does: Operation; readonly asked: ReadonlyArray<Asked> }
  | { readonly does: "pass time"; readonly days: number }

const asked = fc.record<Asked>({
  organization: fc.constantFrom(0, 0, 0, 1),
  key: fc.nat(KEYS - 1),
  order: fc.nat(1),
  amountMinor: fc.constantFrom(0, 1_000, 1_000, 1_000, 1_999),
  token: fc.constantFrom("tok_good", "tok_good", ...TOKENS),
  of: fc.nat(5)
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constantFrom<Operation>("authorize", "authorize", "capture", "capture", "void", "refund", "lookup"),
      asked: fc.array(asked, { maxLength: 4 })
    })
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("pass time" as const), days: fc.constantFrom(3, 8) }) }
)

export const providerStories = fc.array(step, { maxLength: 14 })

const REFERENCE = /(?:auth|cap|void|ref)_[\w-]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** Tells a story to a provider, and gives what it answered and what it states in the end. */
export const tellProvider = Effect.fnUntraced(function* (story: ReadonlyArray<Step>) {
  const provider = yield* PaymentProvider
  const statement = yield* ProviderStatement
  const { nowMs, passTime } = yield* ProviderUnderTest
  const aliases = new Aliases(REFERENCE)
  const organizations = [makeOrganizationId(), makeOrganizationId()] as const
  const orders = [makeOrderId(), makeOrderId()]
  const references: Array<string> = []
  const seen: Array<unknown> = [aliases.of({ organizations, orders })]

  const requestOf = (does: Operation, { amountMinor, key, of, order, organization, token }: Asked) => ({
    organizationId: organizations[organization],
    key: `${does}-${key}`,
    attempt: 1,
    orderId: orders[order] ?? makeOrderId(),
    amountMinor: MinorUnits.make(amountMinor),
    currency: Currency.make("EUR"),
    token: Redacted.make<string>(token),
    authorizationId: references[of] ?? "auth_of_nobody",
    captureId: references[of] ?? "cap_of_nobody"
  })

  for (const one of story) {
    if (one.does === "pass time") {
      yield* passTime(one.days * DAY_MS)
      continue
    }
    const { does } = one
    const requests =
      does === "lookup"
        ? one.asked.flatMap((each) =>
            (["authorize", "capture", "void", "refund"] as const).map((kind) => requestOf(kind, each))
          )
        : one.asked.map((each) => requestOf(does, each))
    const answers = yield* provider[does](requests)
    for (const answer of answers) if ("reference" in answer) references.push(answer.reference)
    seen.push(aliases.of(answers, yield* nowMs))
  }
  for (const organizationId of organizations) {
    seen.push(aliases.sorted(yield* statement.ofOrders(organizationId, orders)))
    seen.push(aliases.sorted(yield* statement.orderReferences(organizationId, undefined, 10)))
  }
  return seen
})
