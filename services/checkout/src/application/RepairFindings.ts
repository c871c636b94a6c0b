import { OrderId } from "@valerix/money-and-ids"
import type { Finding, Tenant } from "@valerix/tenancy"
import { Cause, Context, Effect, Layer, Option, Schema } from "effect"
import type { Mend, Proposal } from "../domain/Mend.ts"
import { type Acted, makeActOnMend, stepOfMend } from "./ActOnMend.ts"
import { makeProposeRepair } from "./ProposeRepair.ts"
import { LedgerRepairs, type RepairOutcome } from "./ports/LedgerRepairs.ts"
import { adviceOn } from "./RepairAdvice.ts"
import { VerifyPromises } from "./VerifyPromises.ts"

export interface RepairOptions {
  /** How long one repair may take. */
  readonly limitMs: number
}

/** Who repairs, why, and what was named. */
export interface RepairOrder {
  readonly principal: string
  readonly reason: string
  /** Repairs that are done only when their code is named are done for these. */
  readonly named: ReadonlyArray<string>
}

export interface Repaired {
  readonly outcome: RepairOutcome
  /** What was done, or why nothing was. */
  readonly detail: string
}

/** A finding, and the check that it is of. */
export interface CheckedFinding {
  readonly check: string
  readonly finding: Finding
}

/**
 * Mends what verify finds, with the commands and hands that there are for it anyway, so that fences, locks and
 * organizations hold, and beside a program that is working. What is not so any more is left as it is.
 */
export class RepairFindings extends Context.Service<
  RepairFindings,
  {
    /** What would mend a finding as things stand; changes nothing. */
    readonly propose: (finding: Finding) => Effect.Effect<Proposal>
    /**
     * Looks whether it is still so, does what is proposed, and looks again. Everything that is done is recorded, before
     * and after. To repeat it does nothing twice.
     */
    readonly apply: (checked: CheckedFinding, order: RepairOrder) => Effect.Effect<Repaired>
  }
>()("@valerix/checkout/RepairFindings") {
  static readonly layer = (options: RepairOptions) =>
    Layer.effect(
      RepairFindings,
      Effect.gen(function* () {
        const verify = yield* VerifyPromises
        const repairs = yield* LedgerRepairs
        const propose = yield* makeProposeRepair
        const act = yield* makeActOnMend

        /** Whatever happens to it, there is an answer; how far it came is looked at afterwards. */
        const acted = (finding: Finding, mend: Mend, tenant: Tenant, reason: string): Effect.Effect<Acted> =>
          act(mend, finding, { ...tenant, reason: `${finding.code}: ${reason}` }).pipe(
            Effect.timeoutOption(options.limitMs),
            Effect.map(Option.getOrElse((): Acted => ({ _tag: "Failed", why: `No answer in ${options.limitMs} ms.` }))),
            Effect.catchCause((cause) =>
              Cause.hasInterruptsOnly(cause)
                ? Effect.failCause(cause)
                : Effect.as(Effect.logError("A repair failed unexpectedly", cause), {
                    _tag: "Failed",
                    why: "It failed unexpectedly; the log says how."
                  } as const)
            )
          )

        const apply: RepairFindings["Service"]["apply"] = Effect.fn("RepairFindings.apply")(function* (
          { check, finding },
          { named, principal, reason }
        ) {
          if (!(yield* verify.isStillFound(check, finding))) return NOT_SO_ANY_MORE
          const proposal = yield* propose(finding)
          const { isOnlyByName, mend, what } = proposal
          if (mend === undefined) return { outcome: "LEFT", detail: what }
          if (isOnlyByName && !named.includes(finding.code))
            return { outcome: "LEFT", detail: onlyByName(proposal, finding) }
          const tenant = { organizationId: finding.organizationId, principal }
          const begun = { tenant, finding, what, reason }
          const repairId = yield* repairs.begin(begun)
          const did = yield* acted(finding, mend, tenant, reason)
          const isFound = isOnlyByName ? did._tag !== "Done" : yield* verify.isStillFound(check, finding)
          const repaired = conclusion(finding, what, did, isFound)
          const step = stepOfMend(mend)
          yield* repairs.conclude(repairId, begun, {
            outcome: repaired.outcome,
            detail: did._tag === "Done" ? did.what : repaired.detail,
            note:
              did._tag === "Done" && step !== undefined && isOrderId(finding.subject)
                ? { orderId: finding.subject, step }
                : undefined
          })
          yield* Effect.logInfo("A finding of verify was repaired", {
            code: finding.code,
            subject: finding.subject,
            organization_id: finding.organizationId,
            outcome: repaired.outcome,
            principal,
            reason
          })
          return repaired
        })

        return RepairFindings.of({ propose, apply })
      })
    )
}

const isOrderId = Schema.is(OrderId)

const NOT_SO_ANY_MORE: Repaired = { outcome: "MOVED", detail: "It is not so any more; nothing was done." }

/** How a proposal is worded that is done only when its code is named. */
export const onlyByName = ({ what }: Proposal, { code }: Finding): string =>
  `${what} It is done with --code ${code} only.`

const conclusion = (finding: Finding, what: string, did: Acted, isFound: boolean): Repaired => {
  switch (did._tag) {
    case "Failed":
      return { outcome: "FAILED", detail: did.why }
    case "Moved":
      return isFound ? { outcome: "LEFT", detail: adviceOn(finding.code) } : NOT_SO_ANY_MORE
    case "Refused":
      return { outcome: "LEFT", detail: `${did.why} ${adviceOn(finding.code)}` }
    case "Done":
      return isFound
        ? { outcome: "LEFT", detail: `Done, and it is still so: ${what}. ${adviceOn(finding.code)}` }
        : { outcome: "MENDED", detail: did.what === "" ? what : `${what}: ${did.what}` }
  }
}
