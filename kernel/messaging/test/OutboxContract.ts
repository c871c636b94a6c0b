import { assert } from "@effect/vitest"
import { OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { TenantTransactions } from "@valerix/tenancy"
import { Context, Effect, Exit } from "effect"
import { type DomainEvent, Outbox } from "../src/index.ts"

/** What stands in an outbox. */
export class Told extends Context.Service<
  Told,
  { readonly about: (events: ReadonlyArray<DomainEvent>) => Effect.Effect<ReadonlyArray<DomainEvent>> }
>()("@valerix/messaging/test/Told") {}

export const makeOrganization = () => OrganizationId.make(uuidV7())

export const anEvent = (event: Partial<DomainEvent> = {}): DomainEvent => ({
  organizationId: makeOrganization(),
  eventType: "order.created",
  eventVersion: 1,
  aggregateType: "order",
  aggregateId: uuidV7(),
  correlationId: undefined,
  payload: {},
  ...event
})

/** Appends events in a transaction of these organizations, and then lets the change do its work in it. */
const appendAs = <E>(
  organizations: Iterable<OrganizationId>,
  events: ReadonlyArray<DomainEvent>,
  change: Effect.Effect<void, E>
) =>
  Effect.gen(function* () {
    const transactions = yield* TenantTransactions
    const outbox = yield* Outbox
    return yield* transactions.run(organizations)(Effect.andThen(outbox.append(events), change))
  })

export const append = (events: ReadonlyArray<DomainEvent>) =>
  appendAs(
    events.map(({ organizationId }) => organizationId),
    events,
    Effect.void
  )

const told = (events: ReadonlyArray<DomainEvent>) => Effect.flatMap(Told, ({ about }) => about(events))

/** What every outbox promises, and with it the transactions of its storage. */
export const outboxContract: ReadonlyArray<
  readonly [promise: string, test: Effect.Effect<void, never, Outbox | TenantTransactions | Told>]
> = Object.entries({
  "keeps all that an event says": Effect.gen(function* () {
    const payload = {
      words: `quotes ' " \\ and {braces} – 日本語 👩‍👩‍👧‍👦`,
      amount: { amount: "19.99", currency: "EUR" },
      nothing: null,
      list: [1, 2, { three: true }]
    }
    const events = [
      anEvent({ correlationId: "request-1", payload }),
      anEvent({ eventType: "payment.failed", eventVersion: 2, aggregateType: "payment", payload: [] })
    ]
    yield* append(events)
    assert.deepStrictEqual(yield* told(events), events)
  }),

  "keeps events in the order in which they are given, over several organizations": Effect.gen(function* () {
    const organizations = [makeOrganization(), makeOrganization(), makeOrganization()]
    const events = Array.from({ length: 3_000 }, (_, index) => {
      const organizationId = organizations[(index * 7) % 3]
      return anEvent({ payload: { index }, ...(organizationId === undefined ? {} : { organizationId }) })
    })
    yield* append(events.slice(0, 2_000))
    yield* append(events.slice(2_000))
    assert.deepStrictEqual(yield* told(events), events)
  }),

  "keeps an event only if the change that it tells of is kept": Effect.gen(function* () {
    const [failed, died, kept] = [anEvent(), anEvent(), anEvent()]
    const failing = appendAs([failed.organizationId], [failed], Effect.fail("out of stock"))
    assert.deepStrictEqual(yield* Effect.exit(failing), Exit.fail("out of stock"))
    const dying = appendAs([died.organizationId], [died], Effect.die(new Error("a bug")))
    assert.isTrue(Exit.hasDies(yield* Effect.exit(dying)))
    yield* append([kept])
    assert.deepStrictEqual(yield* told([failed, died, kept]), [kept])
  }),

  "takes no event of an organization that the transaction does not name, nor its neighbours then": Effect.gen(
    function* () {
      const [mine, theirs] = [anEvent(), anEvent()]
      const exit = yield* Effect.exit(appendAs([mine.organizationId], [mine, theirs], Effect.void))
      assert.isTrue(Exit.hasDies(exit))
      assert.isTrue(Exit.hasDies(yield* Effect.exit(appendAs([], [mine], Effect.void))))
      assert.deepStrictEqual(yield* told([mine, theirs]), [])
    }
  ),

  "is not touched when there is nothing to tell": Effect.gen(function* () {
    yield* append([])
    assert.deepStrictEqual(yield* told([]), [])
  })
})
