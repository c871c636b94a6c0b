import { Effect } from "effect"
import { basketOf } from "../load/Basket.ts"
import { type Answer, ask, codeIn, orderIdIn, orderOf } from "../load/Client.ts"
import type { Promised } from "../load/Journal.ts"
import { PROBE_BODY } from "../load/Load.ts"

const AT_A_TIME = 12
const ATTEMPTS_MAX = 20

/**
 * Looks up every order that was promised: it exists, it has ended, and its key gives the same order again. Gives what is
 * not so, and how many ended how.
 */
export const checkAnswers = (options: {
  readonly url: string
  readonly seed: number
  readonly promised: ReadonlyArray<Promised>
}) =>
  Effect.gen(function* () {
    const findings: Array<string> = []
    const ends = new Map<string, number>()
    const orderOfKey = new Map<string, Promised>()
    for (const one of options.promised) {
      const name = `${one.organization}/${one.key}`
      const earlier = orderOfKey.get(name)
      if (earlier === undefined) orderOfKey.set(name, one)
      else if (earlier.order !== one.order) findings.push(`${name} was answered with ${earlier.order} and ${one.order}`)
    }
    yield* Effect.forEach(
      orderOfKey.values(),
      (one) =>
        Effect.promise(async () => {
          const status = await statusOf(options.url, one)
          ends.set(status, (ends.get(status) ?? 0) + 1)
          if (status !== "COMPLETED" && status !== "FAILED") findings.push(`order ${one.order} is ${status}`)
          const replayed = await replay(options, one)
          if (replayed !== undefined) findings.push(replayed)
        }),
      { concurrency: AT_A_TIME, discard: true }
    )
    return { findings, ends, orders: orderOfKey.size }
  })

const statusOf = async (url: string, { order, organization }: Promised): Promise<string> => {
  const answer = await untilAnswered(() =>
    ask(url, "GET", `/api/v1/orders/${order}`, { headers: { "x-organization-id": organization } })
  )
  const found = answer && orderOf(answer)
  return found?._tag === "Some"
    ? found.value.ledger_status
    : `answered with ${answer?.status} ${answer && codeIn(answer)}`
}

const replay = async (
  { seed, url }: { readonly url: string; readonly seed: number },
  { key, order, organization }: Promised
): Promise<string | undefined> => {
  const body = key.includes("probe") ? PROBE_BODY : basketOf(seed, key).body
  const headers = { "x-organization-id": organization, "idempotency-key": key }
  const answer = await untilAnswered(() => ask(url, "POST", "/api/v1/orders", { body, headers }))
  return answer !== undefined && orderIdIn(answer) === order
    ? undefined
    : `order ${order}: its key ${key} is now answered ${answer?.status} ${JSON.stringify(answer?.body)}`
}

const untilAnswered = async (asking: () => Promise<Answer | undefined>): Promise<Answer | undefined> => {
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt += 1) {
    const answer = await asking()
    if (answer !== undefined && answer.status !== 503) return answer
  }
  return asking()
}
