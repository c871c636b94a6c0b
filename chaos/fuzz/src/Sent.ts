import type { Broken, Judged } from "./judge/Judged.ts"
import type { Plan, Plans } from "./Plan.ts"

/** A request that is about to be sent, and where it comes from. */
export interface Planned {
  readonly plans: Plans
  readonly number: number
  readonly plan: Plan
}

/** A request that was sent, what came of it, and the rules that this breaks. */
export interface Sent {
  readonly planned: Planned
  readonly judged: Judged
  /** What was done to it. */
  readonly names: ReadonlyArray<string>
  readonly broken: ReadonlyArray<Broken>
}

export const operationOf = ({ draft }: Judged): string => `${draft.operation.method} ${draft.operation.path}`
