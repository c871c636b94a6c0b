import { COMPENSATED_BY_OPERATOR, type LedgerEntry } from "@valerix/checkout/memory"
import type { Attempt } from "@valerix/saga"
import type { Cluster } from "../cluster/Cluster.ts"
import type { Plan } from "../customers/Plan.ts"

const STEPS = ["create", "reserve", "capture", "confirm"]
const PIVOT = STEPS.indexOf("capture")
const ATTEMPTS_MAX = 5

/**
 * Every order was executed by the rules: its steps in their order, none again after a definite answer, five attempts
 * before it is given up; and it failed only for a reason that there was.
 */
export const ofExecution = (cluster: Cluster, plan: Plan): ReadonlyArray<string> => {
  const timelines = Map.groupBy(cluster.ledger.sagas.timeline, ({ sagaId }) => sagaId)
  return cluster.ledger.all().flatMap((entry) => {
    const attempts = (timelines.get(entry.orderId) ?? []).filter(({ step }) => step !== "authorize")
    const interventions = cluster.ledger.interventions.filter(({ sagaId }) => sagaId === entry.orderId)
    const isOperated = interventions.length > 0
    const wasTurnedBack = interventions.some(({ outcome }) => outcome === "TURNED_BACK")
    const broken = [
      ...outOfOrder(attempts, isOperated ? Number.POSITIVE_INFINITY : ATTEMPTS_MAX),
      ...groundlessFailure({ entry, attempts, isOperated, wasTurnedBack }, cluster, plan)
    ]
    return broken.map((what) => `order ${entry.orderId} (${entry.status}): ${what}`)
  })
}

const outOfOrder = (attempts: ReadonlyArray<Attempt>, attemptsMax: number): ReadonlyArray<string> => {
  const broken: Array<string> = []
  let present = 0
  let unanswered = 0
  let turnedBackBy: string | undefined
  for (const { outcome, step } of attempts) {
    const position = STEPS.indexOf(step)
    if (position === -1) {
      turnedBackBy ??= step
      continue
    }
    if (turnedBackBy !== undefined) broken.push(`tried ${step} after ${turnedBackBy}`)
    if (position !== present) broken.push(`tried ${step} when it was time for ${STEPS[present]}`)
    if (outcome === "DONE") {
      present += 1
      unanswered = 0
    } else if (outcome === "UNAVAILABLE") {
      unanswered += 1
    } else if (outcome !== "NOT_SENT") {
      turnedBackBy = `${step} was ${outcome}`
    }
    if (position <= PIVOT && unanswered > attemptsMax) broken.push(`tried ${step} ${unanswered} times`)
  }
  return broken
}

const groundlessFailure = (
  {
    attempts,
    entry,
    isOperated,
    wasTurnedBack
  }: {
    readonly entry: LedgerEntry
    readonly attempts: ReadonlyArray<Attempt>
    /** An operator gave it all its attempts again. */
    readonly isOperated: boolean
    readonly wasTurnedBack: boolean
  },
  { effectsAtProvider }: Cluster,
  plan: Plan
): ReadonlyArray<string> => {
  const { failure } = entry
  if (failure === undefined || entry.status === "AUTHORIZATION_FAILED") return []
  const { code, step } = failure
  const outcomes = attempts.filter((attempt) => attempt.step === step).map(({ outcome }) => outcome)
  const because = (isSo: boolean) =>
    isSo ? [] : [`failed at ${step} by ${code}, after ${outcomes.join() || "nothing"}`]
  const customer = plan.customers.find(({ entry: planned }) => planned.order.request.customerId === entry.customerId)
  switch (code) {
    case COMPENSATED_BY_OPERATOR:
      return because(wasTurnedBack)
    case "cancelled_on_request":
      return because(entry.cancelRequestedAt !== undefined)
    case "retries_exhausted":
      return because(
        STEPS.indexOf(step) <= PIVOT &&
          (isOperated || outcomes.filter((outcome) => outcome === "UNAVAILABLE").length === ATTEMPTS_MAX)
      )
    case "participant_unreachable":
      return because(outcomes.at(-1) === "NOT_SENT")
    case "invalid_data":
      return because(outcomes.at(-1) === "REJECTED" && STEP_REFUSED_BY[customer?.unfitFor ?? "none"] === step)
    case "order_total_mismatch":
      return because(outcomes.at(-1) === "REJECTED" && step === "create")
    case "insufficient_stock":
      return because(outcomes.at(-1) === "REJECTED" && step === "reserve")
    case "authorization_expired":
      return because(
        outcomes.at(-1) === "REJECTED" && step === "capture" && effectsAtProvider(entry).some((one) => one.hasExpired)
      )
    default:
      return because(false)
  }
}

const STEP_REFUSED_BY: Readonly<Record<string, string>> = { orders: "create", inventory: "reserve" }
