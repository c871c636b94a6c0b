import { onlyByName, type Position, type Repaired, RepairFindings, VerifyPromises } from "@valerix/checkout"
import { FindingView } from "@valerix/checkout/contract"
import type { Finding } from "@valerix/tenancy"
import { Console, Effect, Schema } from "effect"
import { counted } from "../../terminal/Counted.ts"
import { jsonLines } from "../../terminal/Json.ts"
import type { Handling } from "./VerifyFlags.ts"

/** What is done about the findings of a chunk, and what came of all of them. */
export interface FindingsHandler {
  /** Lists the findings of the chunk at a position, with what is done about each. */
  readonly handle: (at: Position, findings: ReadonlyArray<Finding>) => Effect.Effect<void>
  /** What was handled so far, in words; nothing where findings are only listed. */
  readonly told: () => string | undefined
  /** How many findings there are still, after all that was done. */
  readonly left: Effect.Effect<number>
}

const line = ({ code, message, organizationId, promise, subject }: Finding): string =>
  `promise ${promise}  ${code}  organization ${organizationId}  ${subject}  ${message}`

/** A finding of the API, and what is, or was, done about it. */
const HandledFinding = Schema.Struct({
  ...FindingView.fields,
  handling: Schema.NullOr(
    Schema.Struct({
      outcome: Schema.Literals(["REPAIR", "PERSON", "MENDED", "MOVED", "LEFT", "FAILED"]),
      detail: Schema.String
    })
  )
})
type Handled = NonNullable<(typeof HandledFinding.Type)["handling"]>
const writeFindings = jsonLines(HandledFinding)

const asJson = (findings: ReadonlyArray<Finding>, handling: Handled | null) =>
  writeFindings(
    findings.map(({ code, message, organizationId, promise, subject }) => ({
      promise,
      code,
      organization_id: organizationId,
      subject,
      message,
      handling
    }))
  )

/** Findings of one code about one thing are mended together. */
const together = (findings: ReadonlyArray<Finding>) =>
  Map.groupBy(findings, ({ code, subject }) => `${code} ${subject}`).values()

export const makeFindingsHandler = (handling: Handling, codes: ReadonlyArray<string>, isJson: boolean) =>
  Effect.gen(function* () {
    const repairs = yield* RepairFindings
    const verify = yield* VerifyPromises
    const isMeant = ({ code }: Finding) => codes.length === 0 || codes.includes(code)
    let found = 0
    let repairable = 0
    const outcomes: Record<Repaired["outcome"], number> = { MENDED: 0, MOVED: 0, LEFT: 0, FAILED: 0 }
    const chunks: Array<Position> = []

    const handled = (outcome: Handled["outcome"], detail: string): Handled => ({ outcome, detail })

    const propose = Effect.fnUntraced(function* (finding: Finding) {
      const proposal = yield* repairs.propose(finding)
      if (proposal.mend === undefined) return handled("PERSON", proposal.what)
      if (!proposal.isOnlyByName) repairable += 1
      return handled("REPAIR", proposal.isOnlyByName ? onlyByName(proposal, finding) : proposal.what)
    })

    const apply = Effect.fnUntraced(function* (
      check: string,
      finding: Finding,
      { principal, reason }: Extract<Handling, { readonly _tag: "Apply" }>
    ) {
      const { detail, outcome } = yield* repairs.apply({ check, finding }, { principal, reason, named: codes })
      outcomes[outcome] += 1
      return handled(outcome, detail)
    })

    const handle: FindingsHandler["handle"] = Effect.fnUntraced(function* (at, all) {
      const findings = all.filter(isMeant)
      found += findings.length
      if (findings.length > 0) chunks.push(at)
      for (const same of together(findings)) {
        if (!isJson) for (const finding of same) yield* Console.log(line(finding))
        const [finding] = same
        if (finding === undefined) continue
        const done =
          handling._tag === "List"
            ? null
            : yield* handling._tag === "Propose" ? propose(finding) : apply(at.check, finding, handling)
        if (isJson) yield* asJson(same, done)
        else if (done !== null) yield* Console.log(`  ${done.outcome}  ${done.detail}`)
      }
    })

    const told = () => {
      if (handling._tag === "List" || found === 0) return undefined
      if (handling._tag === "Propose")
        return `${counted(found, "finding")}: --apply would repair ${repairable}; nothing was changed.`
      const { FAILED, LEFT, MENDED, MOVED } = outcomes
      return `${counted(found, "finding")}: ${MENDED} mended, ${MOVED} moved meanwhile, ${LEFT} left to a person, ${FAILED} failed.`
    }

    /** After repairs, what was found to be wrong is looked at once more. */
    const left = Effect.suspend(() =>
      handling._tag === "Apply"
        ? Effect.map(Effect.forEach(chunks, verify.at), (again) => again.flat().filter(isMeant).length)
        : Effect.succeed(found)
    )

    const handler: FindingsHandler = { handle, told, left }
    return handler
  })
