import type { TenantDatabase } from "@valerix/database"
import { makeOrderId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import type { Authorization, Begun, NewEntry } from "../../application/ports/OrderLedger.ts"
import type { PricedLine } from "../../domain/PricedOrder.ts"
import { type ExistingEntry, lockAwaiting, recalledBy, selectExisting } from "./ExistingEntries.ts"
import { insertEntries, insertLines, type Proposed } from "./InsertEntries.ts"
import { selectLines } from "./LedgerLines.ts"
import { authorizationKeys } from "./OrderKeys.ts"

type NewlyBegun = Extract<Begun, { readonly _tag: "Begun" }>

/**
 * Writes new entries and takes up abandoned ones. A new order, and one that is taken up, executes as `sagaVersion`, the
 * version that orders begin with now.
 */
export const beginEntries = (database: TenantDatabase["Service"], sagaVersion: number) => {
  const { sql } = database

  const takeUpAgain = (again: ReadonlyArray<Authorization>) => sql`
    UPDATE order_ledger AS ledger
    SET generation = again.generation, abandoned = false, saga_version = ${sagaVersion}::smallint, updated_at = now()
    FROM ${authorizationKeys("again", again)}
    WHERE ledger.organization_id = again.organization_id AND ledger.order_id = again.order_id`

  const lease = (authorizations: ReadonlyArray<Authorization>, leaseMs: number) => sql`
    INSERT INTO edge_leases (organization_id, order_id, generation, leased_until)
    SELECT organization_id, order_id, generation, now() + ${leaseMs} * interval '1 ms'
    FROM ${authorizationKeys("begun", authorizations)}
    ORDER BY organization_id, order_id, generation`

  const existingResults = Effect.fnUntraced(function* (refused: ReadonlyArray<Proposed>) {
    const entries = refused.map(({ entry }) => entry)
    yield* lockAwaiting(sql, entries)
    const existing = yield* selectExisting(sql, entries)
    const answered = existing.flatMap((row) => {
      const proposal = refused[row.position - 1]
      return proposal === undefined ? [] : [{ proposal, row, recalled: recalledBy(row) }]
    })
    const again = answered
      .filter(({ recalled }) => recalled === undefined)
      .map(({ proposal, row }) => nextAuthorization(proposal, row))
    if (again.length > 0) yield* takeUpAgain(again)
    const lines = again.length === 0 ? undefined : yield* selectLines(sql, again)
    return answered.map(({ proposal, row, recalled }): readonly [Proposed, Begun] => [
      proposal,
      recalled ?? begunAgain(proposal, row, lines?.get(row.order_id) ?? [])
    ])
  })

  return (entries: ReadonlyArray<NewEntry>, leaseMs: number): Effect.Effect<ReadonlyArray<Begun>> => {
    const proposed = entries.map((entry): Proposed => ({ entry, orderId: makeOrderId() }))
    return database
      .transaction(entries.map((entry) => entry.tenant.organizationId))(
        Effect.gen(function* () {
          const createdAt = yield* insertEntries(sql, proposed, sagaVersion)
          const results = new Map<Proposed, Begun>()
          for (const proposal of proposed) {
            const at = createdAt.get(proposal.orderId)
            if (at !== undefined) results.set(proposal, begunAnew(proposal, at))
          }
          const inserted = proposed.filter((proposal) => results.has(proposal))
          const refused = proposed.filter((proposal) => !results.has(proposal))
          if (inserted.length > 0) yield* insertLines(sql, inserted)
          if (refused.length > 0) {
            for (const [proposal, result] of yield* existingResults(refused)) results.set(proposal, result)
          }
          const begun = [...results.values()].filter((result) => result._tag === "Begun")
          if (begun.length > 0) {
            yield* lease(
              begun.map((one) => one.authorization),
              leaseMs
            )
          }
          return yield* Effect.forEach(proposed, (proposal) => {
            const result = results.get(proposal)
            return result === undefined
              ? Effect.die(new Error("an entry was neither written nor found"))
              : Effect.succeed(result)
          })
        })
      )
      .pipe(Effect.orDie)
  }
}

const begunAnew = ({ entry, orderId }: Proposed, createdAt: Date): NewlyBegun => ({
  _tag: "Begun",
  authorization: {
    organizationId: entry.tenant.organizationId,
    orderId,
    generation: 1,
    correlationId: entry.correlationId
  },
  totalMinor: entry.order.totalMinor,
  currency: entry.order.currency,
  lines: entry.order.lines,
  customerId: entry.order.request.customerId,
  createdAt
})

const nextAuthorization = ({ entry }: Proposed, row: ExistingEntry): Authorization => ({
  organizationId: entry.tenant.organizationId,
  orderId: row.order_id,
  generation: row.generation + 1,
  correlationId: row.correlation_id ?? undefined
})

const begunAgain = (proposal: Proposed, row: ExistingEntry, lines: ReadonlyArray<PricedLine>): NewlyBegun => ({
  _tag: "Begun",
  authorization: nextAuthorization(proposal, row),
  totalMinor: row.total_minor,
  currency: row.currency,
  lines,
  customerId: row.customer_id,
  createdAt: row.created_at
})
