import { SAGA_ACTIONS, type SagaAction } from "@valerix/checkout/memory"
import type { World } from "../world/World.ts"

/** What an operator will do to all orders that it can be done to. */
export interface PlannedIntervention {
  readonly afterMs: number
  readonly action: SagaAction
}

const OPERATED_SHARE = 0.15
const INTERVENTIONS_MAX = 8
const WITHIN_MS = 30_000

export const chooseInterventions = ({ choices }: World): ReadonlyArray<PlannedIntervention> => {
  if (choices.fraction("operator") >= OPERATED_SHARE) return []
  return Array.from({ length: 1 + choices.below("interventions", INTERVENTIONS_MAX) })
    .flatMap(() => {
      const afterMs = choices.fraction("when to intervene") * WITHIN_MS
      const action = choices.oneOf("intervention", SAGA_ACTIONS)
      return choices.happens("intervene", 1) ? [{ afterMs, action }] : []
    })
    .sort((a, b) => a.afterMs - b.afterMs)
}
