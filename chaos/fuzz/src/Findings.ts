import type { Broken } from "./judge/Judged.ts"

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
  private readonly tell: (finding: Finding) => void

  constructor(tell: (finding: Finding) => void) {
    this.tell = tell
  }

  /** Whether it is the first of its kind; then `make` tells the whole of it. */
  isNew({ rule }: Broken, operation: string): boolean {
    const known = this.found.get(`${rule}: ${operation}`)
    if (known !== undefined) known.times += 1
    return known === undefined
  }

  add(finding: Finding): void {
    const key = `${finding.rule}: ${finding.operation}`
    if (this.found.has(key)) return
    this.found.set(key, { finding, times: 1 })
    this.tell(finding)
  }

  get all(): ReadonlyArray<{ readonly finding: Finding; readonly times: number }> {
    return [...this.found.values()]
  }
}

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
