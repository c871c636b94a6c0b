import { setTimeout as pause } from "node:timers/promises"
import { Effect } from "effect"
import { CampaignFailed } from "../CampaignFailed.ts"
import { type Basket, basketOf, PRODUCTS } from "./Basket.ts"
import type { Chapter } from "./Chapter.ts"
import { type Answer, ask, codeIn, orderIdIn } from "./Client.ts"
import type { Journal } from "./Journal.ts"

const SHOPPERS = 8
const AGAIN_AFTER_MS = 60
const BETWEEN_ORDERS_MS = 60

/** Where the customers go, which changes when the program is started elsewhere. */
export interface Door {
  url: string
}

export interface LoadOptions {
  readonly seed: number
  /** Part of every key, so that a campaign that is resumed uses no key again. */
  readonly run: number
  readonly door: Door
  readonly journal: Journal
}

/** Customers who order for as long as they may. */
export interface Load {
  /** Lets the organizations of a chapter order, after it has put their products there. */
  readonly open: (chapter: Chapter) => Promise<void>
  /** Ends when the load was closed and every customer has an answer; fails when one is given that never should be. */
  readonly run: Effect.Effect<void, CampaignFailed>
  /** Customers finish what they have begun, and order nothing more. */
  readonly close: () => void
  /** Places one order of which nothing is known to the program yet; gives whether it was accepted. */
  readonly tryOne: (name: string) => Promise<boolean>
  readonly counts: { sent: number; unanswered: number }
}

export const makeLoad = ({ door, journal, run, seed }: LoadOptions): Load => {
  let chapter: Chapter | undefined
  let isOpen = true
  const brokenOff = new AbortController()
  const pauseFor = (durationMs: number) => pause(durationMs, undefined, { signal: brokenOff.signal })
  const counts = { sent: 0, unanswered: 0 }

  const send = async (organization: string, key: string, body: unknown, waitsSeconds: number | undefined) => {
    counts.sent += 1
    const answer = await ask(door.url, "POST", "/api/v1/orders", {
      body,
      headers: {
        "x-organization-id": organization,
        "idempotency-key": key,
        ...(waitsSeconds === undefined ? {} : { prefer: `wait=${waitsSeconds}` })
      }
    })
    if (answer === undefined) counts.unanswered += 1
    return answer
  }

  /** Sends an order until its answer is final, and keeps it when it is a promise. */
  const place = async (organization: string, key: string, basket: Basket): Promise<Answer> => {
    for (;;) {
      const answer = await send(organization, key, basket.body, basket.waitsSeconds)
      if (answer !== undefined) {
        const order = orderIdIn(answer)
        if (answer.status < 300 && order !== undefined) await journal.keep({ organization, key, order })
        if (isFinal(answer)) return expected(answer, `order ${key}`)
      }
      await pauseFor(AGAIN_AFTER_MS)
    }
  }

  const shop = async (organization: string, key: string): Promise<void> => {
    const basket = basketOf(seed, key)
    const [answer, twin] = await Promise.all([
      place(organization, key, basket),
      basket.sendsTwice ? place(organization, key, basket) : undefined
    ])
    const order = orderIdIn(answer)
    if (twin !== undefined) same(key, order, twin)
    if (order === undefined || answer.status >= 300) return
    if (basket.replays) same(key, order, await place(organization, key, basket))
    if (basket.mistake !== undefined) {
      const refused = await send(organization, key, basket.mistake, undefined)
      if (refused !== undefined && !isAway(refused) && codeIn(refused) !== "idempotency_key_reused") {
        surprise(refused, `another order under the key ${key}`)
      }
    }
    if (basket.cancelsAfterMs !== undefined) {
      await pauseFor(basket.cancelsAfterMs)
      await cancel(organization, order)
    }
  }

  const cancel = async (organization: string, order: string): Promise<void> => {
    for (;;) {
      const headers = { "x-organization-id": organization }
      const answer = await ask(door.url, "PUT", `/api/v1/orders/${order}/cancel`, { headers })
      if (answer !== undefined && !isAway(answer)) {
        const isExpected = answer.status < 300 || codeIn(answer) === "invalid_status_transition"
        return isExpected ? undefined : surprise(answer, `cancelling ${order}`)
      }
      await pauseFor(AGAIN_AFTER_MS)
    }
  }

  const shopper = async (name: number): Promise<void> => {
    for (let count = 1; isOpen; count += 1) {
      const present = chapter
      if (present !== undefined) {
        const organization = present.organizations[count % present.organizations.length] ?? ""
        await shop(organization, `${run}.${present.number}.${name}.${count}`)
      }
      await pauseFor(BETWEEN_ORDERS_MS)
    }
  }

  return {
    counts,
    close: () => {
      isOpen = false
    },
    open: async (next) => {
      for (const organization of next.organizations) {
        for (const product of PRODUCTS) await makeProduct(door, organization, product)
      }
      chapter = next
    },
    run: Effect.tryPromise({
      try: async (signal) => {
        signal.addEventListener("abort", () => brokenOff.abort())
        await Promise.all(Array.from({ length: SHOPPERS }, (_, index) => shopper(index + 1)))
      },
      catch: (error) => (error instanceof CampaignFailed ? error : new CampaignFailed({ findings: [String(error)] }))
    }),
    tryOne: async (name) => {
      const organization = chapter?.organizations[0]
      if (organization === undefined) return false
      const key = `${run}.probe.${name}`
      const answer = await send(organization, key, PROBE_BODY, undefined)
      const order = answer && orderIdIn(answer)
      if (answer === undefined || order === undefined || answer.status >= 300) return false
      await journal.keep({ organization, key, order })
      return true
    }
  }
}

/** What is ordered under keys that probe whether orders are accepted. */
export const PROBE_BODY = { product_id: "PLENTY-1", quantity: 1 }

const makeProduct = async (door: Door, organization: string, { amount, sku, stock }: (typeof PRODUCTS)[number]) => {
  const body = { sku, name: sku, price: { amount, currency: "EUR" }, initial_stock: stock }
  for (;;) {
    const headers = { "x-organization-id": organization }
    const answer = await ask(door.url, "POST", "/api/v1/inventory/products", { body, headers })
    // When the answer to the first attempt was lost, the product is there.
    if (answer?.status === 201 || answer?.status === 409) return
    if (answer !== undefined && !isAway(answer)) surprise(answer, `making ${sku}`)
    await pause(AGAIN_AFTER_MS)
  }
}

const isAway = ({ status }: Answer): boolean => status === 503

/** Not "the same request may be sent again", and not "it is being processed". */
const isFinal = (answer: Answer): boolean => !isAway(answer) && codeIn(answer) !== "request_in_progress"

const FINAL_CODES = new Set(["payment_declined", "insufficient_stock", "order_cancelled", "order_failed"])

const expected = (answer: Answer, what: string): Answer =>
  answer.status < 300 || FINAL_CODES.has(codeIn(answer) ?? "") ? answer : surprise(answer, what)

const same = (key: string, order: string | undefined, other: Answer): void => {
  if (orderIdIn(other) !== order) surprise(other, `the same key ${key} again, which was order ${order}`)
}

const surprise = ({ body, status }: Answer, what: string): never => {
  throw new CampaignFailed({ findings: [`${what} was answered ${status} ${JSON.stringify(body)}`] })
}
