import type { Cluster } from "../cluster/Cluster.ts"
import { type Answers, orderIdOf } from "../customers/Customer.ts"

/** Customers were told nothing that did not come true. */
export const ofAnswers = ({ ledger }: Cluster, answers: Answers): ReadonlyArray<string> => {
  const broken: Array<string> = []
  const entries = new Map<string, ReturnType<typeof ledger.all>[number]>(
    ledger.all().map((entry) => [entry.orderId, entry])
  )
  const orderOfKey = new Map<string, string>()
  for (const { accepted, customer, entry: sent } of answers.accepted) {
    const orderId = orderIdOf(accepted)
    if (orderId === undefined) continue
    const entry = entries.get(orderId)
    const about = `${customer} was answered ${accepted._tag} for order ${orderId}`
    if (entry === undefined) {
      broken.push(`${about}, which is nowhere`)
      continue
    }
    const key = `${entry.organizationId}/${sent.tenant.principal}/${sent.idempotencyKey}`
    if ((orderOfKey.get(key) ?? orderId) !== orderId) broken.push(`${about}, and for another order under the same key`)
    orderOfKey.set(key, orderId)
    if (entry.correlationId !== sent.correlationId) broken.push(`${about}, which is another request's`)
    if (accepted._tag === "Accepted" && entry.status !== "COMPLETED" && entry.status !== "FAILED") {
      broken.push(`${about}, which is ${entry.status}`)
    }
    if (accepted._tag === "Declined" && entry.status !== "AUTHORIZATION_FAILED") {
      broken.push(`${about}, which is ${entry.status}`)
    }
  }
  for (const { answer, customer, orderId } of answers.cancelled) {
    const status = entries.get(orderId)?.status
    const isUndone = status === "FAILED" || status === "AUTHORIZATION_FAILED"
    if (!isUndone) broken.push(`${customer} cancelled order ${orderId} and was answered ${answer}; it is ${status}`)
  }
  return broken
}
