import type { Cluster } from "../cluster/Cluster.ts"

/**
 * By the provider's own books: a completed order was captured once, in full and for good; of every other order nothing is
 * held or kept. And our books say the same.
 */
export const ofMoney = ({ effectsAtProvider, ledger, payments }: Cluster): ReadonlyArray<string> => {
  const broken: Array<string> = []
  for (const entry of ledger.all()) {
    const about = `order ${entry.orderId} (${entry.status})`
    const effects = effectsAtProvider(entry)
    const of = (kind: "AUTHORIZE" | "CAPTURE" | "VOID" | "REFUND") => effects.filter((one) => one.kind === kind)
    const captures = of("CAPTURE")
    const refundedMinor = of("REFUND").reduce((sum, one) => sum + one.amountMinor, 0)
    const capturedMinor = captures.reduce((sum, one) => sum + one.amountMinor, 0)
    if (captures.length > 1) broken.push(`${about}: was captured ${captures.length} times`)
    if (refundedMinor > capturedMinor) broken.push(`${about}: ${refundedMinor} of ${capturedMinor} were refunded`)
    for (const authorization of of("AUTHORIZE")) {
      if (authorization.amountMinor !== entry.totalMinor) {
        broken.push(`${about}: ${authorization.amountMinor} were authorized of a total of ${entry.totalMinor}`)
      }
      const later = effects.filter(
        (one) => one !== authorization && one.authorizationId === authorization.authorizationId
      )
      if (later.length === 0 && !authorization.hasExpired)
        broken.push(`${about}: the authorization ${authorization.key} was left open`)
    }
    if (entry.status === "COMPLETED") {
      if (capturedMinor !== entry.totalMinor) broken.push(`${about}: ${capturedMinor} were captured`)
      if (refundedMinor !== 0) broken.push(`${about}: ${refundedMinor} were refunded`)
      const present = `authorize-${entry.orderId}-${entry.generation}`
      const isOfPresent = captures.every((capture) =>
        of("AUTHORIZE").some((one) => one.key === present && one.authorizationId === capture.authorizationId)
      )
      if (!isOfPresent) broken.push(`${about}: was captured on an authorization of another generation`)
    } else if (capturedMinor !== refundedMinor) {
      broken.push(`${about}: ${capturedMinor} were captured and ${refundedMinor} refunded`)
    }
    const ours = payments.payments
      .all()
      .filter((one) => one.orderId === entry.orderId && one.organizationId === entry.organizationId)
    const captured = ours.filter(({ state }) => state.status === "CAPTURED")
    if ((entry.status === "COMPLETED") !== (captured.length === 1)) {
      broken.push(`${about}: our payments are ${ours.map(({ state }) => state.status)}`)
    }
    for (const { generation, state } of ours) {
      if (state.status === "AUTHORIZING" || state.status === "AUTHORIZED") {
        broken.push(`${about}: our payment of generation ${generation} is still ${state.status}`)
      }
    }
  }
  return broken
}
