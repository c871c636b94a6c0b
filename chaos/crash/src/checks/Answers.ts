import { Effect, Schema } from "effect"
import { basketOf } from "../load/Basket.ts"
import { type Answer, ask, orderIdIn } from "../load/Client.ts"
import type { Promised } from "../load/Journal.ts"
import { PROBE_BODY } from "../load/Load.ts"

/** Requests that come together are served together. */
const REPLAYS_AT_A_TIME = 64
const ATTEMPTS_MAX = 20
const PAGE = 100

interface Options {
  readonly url: string
  readonly seed: number
  readonly promised: ReadonlyArray<Promised>
}

/**
 * Looks up every order that was promised: it exists, it has ended, and its key gives the same order again. Gives what is
 * not so, and how many ended how.
 */
export const checkAnswers = (options: Options) =>
  Effect.gen(function* () {
    const { ofKeys, twice } = byKey(options.promised)
    const findings = [...twice]
    const ends = new Map<string, number>()
    for (const organization of new Set(ofKeys.map((one) => one.organization))) {
      const statuses = yield* Effect.promise(() => statusesOf(options.url, organization))
      for (const { order } of ofKeys.filter((one) => one.organization === organization)) {
        const status = statuses.get(order) ?? "nowhere"
        ends.set(status, (ends.get(status) ?? 0) + 1)
        if (status !== "COMPLETED" && status !== "FAILED") findings.push(`order ${order} is ${status}`)
      }
    }
    yield* Effect.forEach(
      ofKeys,
      (one) =>
        Effect.map(
          Effect.promise(() => replay(options, one)),
          (finding) => {
            if (finding !== undefined) findings.push(finding)
          }
        ),
      { concurrency: REPLAYS_AT_A_TIME, discard: true }
    )
    return { findings, ends, orders: ofKeys.length }
  })

/** What was promised, once per key, and the keys under which two orders were. */
const byKey = (promised: ReadonlyArray<Promised>) => {
  const ofKey = new Map<string, Promised>()
  const twice: Array<string> = []
  for (const one of promised) {
    const name = `${one.organization}/${one.key}`
    const earlier = ofKey.get(name)
    if (earlier === undefined) ofKey.set(name, one)
    else if (earlier.order !== one.order) twice.push(`${name} was answered with ${earlier.order} and ${one.order}`)
  }
  return { ofKeys: [...ofKey.values()], twice }
}

const Page = Schema.Struct({
  data: Schema.Array(Schema.Struct({ id: Schema.String, ledger_status: Schema.String })),
  next_cursor: Schema.NullOr(Schema.String)
})
const decodePage = Schema.decodeUnknownSync(Page)

/** How the orders of an organization stand, page by page. */
const statusesOf = async (url: string, organization: string): Promise<ReadonlyMap<string, string>> => {
  const statuses = new Map<string, string>()
  let cursor: string | null = null
  do {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`
    const answer = await untilAnswered(() =>
      ask(url, "GET", `/api/v1/orders?limit=${PAGE}${query}`, { headers: { "x-organization-id": organization } })
    )
    const page = decodePage(answer?.body)
    for (const { id, ledger_status } of page.data) statuses.set(id, ledger_status)
    cursor = page.next_cursor
  } while (cursor !== null)
  return statuses
}

const replay = async ({ seed, url }: Options, { key, order, organization }: Promised): Promise<string | undefined> => {
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
