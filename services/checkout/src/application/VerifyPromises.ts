import { InventoryAudit } from "@valerix/inventory/contract"
import type { OrganizationId } from "@valerix/money-and-ids"
import { OrdersAudit } from "@valerix/orders/contract"
import { PaymentsAudit } from "@valerix/payments/contract"
import type { Check, Finding } from "@valerix/tenancy"
import { Clock, Context, Effect, Layer, Option } from "effect"
import { makeCheckAcrossServices } from "./CheckAcrossServices.ts"
import { makeCheckStrangers } from "./CheckStrangers.ts"
import { LedgerAudit } from "./ports/LedgerAudit.ts"

/** Where a verification of an organization stands: the next chunk is this check's, after this key (none: its first). */
export interface PositionInOrganization {
  readonly check: string
  readonly after: string | undefined
}

/** Where a verification of everything stands. */
export interface Position extends PositionInOrganization {
  readonly organizationId: OrganizationId
}

export interface Verification {
  readonly organizations: number
  readonly orders: number
  readonly findings: ReadonlyArray<Finding>
  /** There were so many findings that the rest was not looked at. */
  readonly isCut: boolean
}

/** What one chunk added to a verification, where it stood, and where to go on. */
export interface Progress extends Omit<Verification, "isCut"> {
  readonly at: Position
  readonly next: Position | undefined
}

/** A part of the verification of one organization. */
export interface VerifiedPart {
  readonly orders: number
  readonly findings: ReadonlyArray<Finding>
  readonly next: PositionInOrganization | undefined
}

export interface VerifyOptions {
  /** How long an order that is under way may stand still. */
  readonly restMs: number
}

/** After so many findings the rest adds nothing, and a page of them is long enough. */
const FINDINGS_MAX = 1_000
/** No chunk of a page is begun later, and one that takes longer is left to the next page. */
const PAGE_BEGIN_LIMIT_MS = 3_000
const PAGE_LIMIT_MS = 10_000
/** A full page of organizations; fewer are the last. */
const ORGANIZATIONS_PER_PAGE = 1_000

/**
 * Checks the promises: each service's own, and those that only show across services, chunk by chunk, each of bounded
 * time and memory. An order that is under way is judged by what must be true of it at any moment; one that has not moved
 * for longer than `restMs` must be at rest.
 */
export class VerifyPromises extends Context.Service<
  VerifyPromises,
  {
    /**
     * Checks everything, or one organization only, from a position on (none: from the beginning), and says what came of
     * each chunk.
     */
    readonly from: <E, R>(
      position: Position | undefined,
      report: (progress: Progress) => Effect.Effect<void, E, R>,
      only?: OrganizationId
    ) => Effect.Effect<Verification, E, R>
    /** What the chunk at a position finds. */
    readonly at: (position: Position) => Effect.Effect<ReadonlyArray<Finding>>
    /** Whether a check still finds this of its subject; one that cannot look at a subject alone is taken to. */
    readonly isStillFound: (check: string, finding: Finding) => Effect.Effect<boolean>
    /** Checks everything. */
    readonly ofAll: Effect.Effect<Verification>
    /** Checks a part of an organization's rows that takes some seconds, from a position on. */
    readonly part: (
      organizationId: OrganizationId,
      position: PositionInOrganization | undefined
    ) => Effect.Effect<VerifiedPart>
    /** Whether there is such a position. */
    readonly isPosition: (position: PositionInOrganization) => boolean
  }
>()("@valerix/checkout/VerifyPromises") {
  static readonly layer = (options: VerifyOptions) =>
    Layer.effect(
      VerifyPromises,
      Effect.gen(function* () {
        const ledger = yield* LedgerAudit
        const orders = yield* OrdersAudit
        const inventory = yield* InventoryAudit
        const payments = yield* PaymentsAudit
        const services = [ledger, orders, inventory, payments]

        const checks: ReadonlyArray<Check> = [
          ...named("checkout", ledger.checks),
          ...named("orders", orders.checks),
          ...named("inventory", inventory.checks),
          ...named("payments", payments.checks),
          ...named("strangers", yield* makeCheckStrangers),
          yield* makeCheckAcrossServices(options)
        ]
        const FIRST: PositionInOrganization = { check: checks[0]?.name ?? "", after: undefined }
        const indexOf = ({ check }: PositionInOrganization) => checks.findIndex(({ name }) => name === check)

        const isPosition = (position: PositionInOrganization) => {
          const check = checks[indexOf(position)]
          return check !== undefined && (check.key === "text" || position.after === undefined || isUuid(position.after))
        }

        /** Checks the chunk at a position; dies where there is no such position. */
        const chunkAt = Effect.fnUntraced(function* (
          organizationId: OrganizationId,
          position: PositionInOrganization | undefined
        ) {
          const index = position === undefined ? 0 : indexOf(position)
          const check = checks[index]
          if (check === undefined) return yield* Effect.die(new RangeError(`no check ${position?.check}`))
          const { findings, next, orders = 0 } = yield* check.chunk(organizationId, position?.after)
          const following = next === undefined ? checks[index + 1] : check
          const goesOn: PositionInOrganization | undefined = following && { check: following.name, after: next }
          return { findings, orders, next: goesOn }
        })

        const isStillFound: VerifyPromises["Service"]["isStillFound"] = Effect.fnUntraced(function* (name, finding) {
          const one = checks.find((check) => check.name === name)?.one
          if (one === undefined) return true
          const found = yield* one(finding.organizationId, finding.subject)
          return found.some(({ code }) => code === finding.code)
        })

        const part = Effect.fn("VerifyPromises.part")(function* (
          organizationId: OrganizationId,
          from: PositionInOrganization | undefined
        ) {
          const begun = yield* Clock.currentTimeMillis
          const first = yield* chunkAt(organizationId, from)
          const findings: Array<Finding> = [...first.findings]
          let judged = first.orders
          let { next } = first
          while (next !== undefined && findings.length < FINDINGS_MAX) {
            const passedMs = (yield* Clock.currentTimeMillis) - begun
            if (passedMs >= PAGE_BEGIN_LIMIT_MS) break
            const chunk = yield* Effect.timeoutOption(chunkAt(organizationId, next), PAGE_LIMIT_MS - passedMs)
            if (Option.isNone(chunk)) break
            findings.push(...chunk.value.findings)
            judged += chunk.value.orders
            next = chunk.value.next
          }
          return { orders: judged, findings, next }
        })

        /** The next organizations of any service, in order; none after the last. */
        const organizationsAfter = Effect.fnUntraced(function* (after: OrganizationId | undefined) {
          const pages = yield* Effect.forEach(services, (service) => service.organizations(after))
          // What comes after the end of a full page is not known to be complete yet.
          const ends = pages.flatMap((page) => (page.length < ORGANIZATIONS_PER_PAGE ? [] : page.slice(-1)))
          const end = ends.toSorted()[0]
          return [...new Set(pages.flat())].toSorted().filter((one) => end === undefined || one <= end)
        })

        const from: VerifyPromises["Service"]["from"] = Effect.fnUntraced(function* (position, report, only) {
          const findings: Array<Finding> = []
          let organizationCount = 0
          let orderCount = 0

          const verify = Effect.fnUntraced(function* (
            organizationId: OrganizationId,
            start: PositionInOrganization | undefined,
            following: (PositionInOrganization & { readonly organizationId: OrganizationId }) | undefined
          ) {
            let at: PositionInOrganization | undefined = start ?? FIRST
            do {
              const here: Position = { organizationId, ...at }
              const chunk: VerifiedPart = yield* chunkAt(organizationId, at)
              findings.push(...chunk.findings)
              orderCount += chunk.orders
              at = chunk.next
              yield* report({
                at: here,
                organizations: at === undefined ? organizationCount + 1 : organizationCount,
                orders: orderCount,
                findings: chunk.findings,
                next: at === undefined ? following : { organizationId, ...at }
              })
            } while (at !== undefined && findings.length < FINDINGS_MAX)
            organizationCount += 1
          })

          const first = position?.organizationId ?? only
          let ahead: ReadonlyArray<OrganizationId> =
            first === undefined ? yield* organizationsAfter(undefined) : [first]
          while (ahead.length > 0 && findings.length < FINDINGS_MAX) {
            const further: ReadonlyArray<OrganizationId> =
              only === undefined ? yield* organizationsAfter(ahead.at(-1)) : []
            for (const [index, organizationId] of ahead.entries()) {
              if (findings.length >= FINDINGS_MAX) break
              const followed = ahead[index + 1] ?? further[0]
              yield* verify(
                organizationId,
                organizationId === position?.organizationId ? position : undefined,
                followed && { organizationId: followed, ...FIRST }
              )
            }
            ahead = further
          }
          return {
            organizations: organizationCount,
            orders: orderCount,
            findings: findings.slice(0, FINDINGS_MAX),
            isCut: findings.length >= FINDINGS_MAX
          }
        })

        return VerifyPromises.of({
          from,
          ofAll: from(undefined, () => Effect.void),
          at: (position) => Effect.map(chunkAt(position.organizationId, position), ({ findings }) => findings),
          isStillFound,
          part,
          isPosition
        })
      })
    )
}

const named = (service: string, checks: ReadonlyArray<Check>): ReadonlyArray<Check> =>
  checks.map((check) => ({ ...check, name: `${service}.${check.name}` }))

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const isUuid = (text: string): boolean => UUID.test(text)
