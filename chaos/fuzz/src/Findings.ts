import type { Broken } from "./judge/Judged.ts"
import { asCommand } from "./request/Curl.ts"
import { operationOf, type Sent } from "./Sent.ts"
import { shown } from "./wire/Answer.ts"

/** One way in which one operation broke one rule, the first time that it did. */
export interface Finding extends Broken {
  readonly operation: string
  /** Which request of which seed; none for what is not about one request. */
  readonly seed: number | undefined
  readonly request: number | undefined
  /** The operation that all requests of the seed were to, where that was not any. */
  readonly only: string | undefined
  /** What was done to the request. */
  readonly changes: ReadonlyArray<string>
  /** How to send it again. */
  readonly command: string
  readonly answer: string
}

/** What was found, each kind once, and how often. */
export class Findings {
  private readonly found = new Map<string, { finding: Finding; times: number }>()
  private readonly url: string
  private readonly onFinding: (finding: Finding) => void

  constructor(url: string, onFinding: (finding: Finding) => void) {
    this.url = url
    this.onFinding = onFinding
  }

  /** Whether a rule is broken by an operation for the first time; counts it where not. */
  isNew({ rule }: Broken, operation: string): boolean {
    const known = this.found.get(keyOf(rule, operation))
    if (known !== undefined) known.times += 1
    return known === undefined
  }

  /** Adds what a request broke. */
  add(broken: Broken, { broken: all, judged, names, planned }: Sent): void {
    this.enter({
      rule: broken.rule,
      why: all.find(({ rule }) => rule === broken.rule)?.why ?? broken.why,
      operation: operationOf(judged),
      seed: planned.plans.seed,
      request: planned.number,
      only: planned.plans.only,
      changes: names,
      command: asCommand(this.url, judged.request),
      answer: shown(judged.exchange)
    })
  }

  /** Adds what is about no single request. */
  tell({ rule, why }: Broken): void {
    if (!this.isNew({ rule, why }, "")) return
    const nothing = { seed: undefined, request: undefined, only: undefined }
    this.enter({ rule, why, operation: "", ...nothing, changes: [], command: "", answer: "" })
  }

  get all(): ReadonlyArray<{ readonly finding: Finding; readonly times: number }> {
    return [...this.found.values()]
  }

  private enter(finding: Finding): void {
    const key = keyOf(finding.rule, finding.operation)
    if (this.found.has(key)) return
    this.found.set(key, { finding, times: 1 })
    this.onFinding(finding)
  }
}

const keyOf = (rule: string, operation: string): string => `${rule}: ${operation}`

/** A finding for a person. */
export const described = (finding: Finding): string => {
  const { answer, changes, command, only, operation, request, rule, seed, why } = finding
  const again = `npm run fuzz -- --seed ${seed} --request ${request}${only === undefined ? "" : ` --only ${only}`}`
  return [
    `${rule}: ${operation}`,
    `  ${why}`,
    ...(changes.length === 0 ? [] : [`  done to it: ${changes.join("; ")}`]),
    ...(command === "" ? [] : [`  ${command}`]),
    ...(answer === "" ? [] : [`  answered: ${answer}`]),
    ...(request === undefined ? [] : [`  again: ${again}`])
  ].join("\n")
}
