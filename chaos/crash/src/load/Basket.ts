import { Choices } from "@valerix/simulation/src/world/Choices.ts"

/** What is sold: much of some things, and a few pieces of others. */
export const PRODUCTS = [
  ...Array.from({ length: 8 }, (_, index) => ({ sku: `PLENTY-${index + 1}`, stock: 1_000_000, amount: "19.99" })),
  ...Array.from({ length: 4 }, (_, index) => ({ sku: `SCARCE-${index + 1}`, stock: 8, amount: "5.00" }))
]

const CUSTOMERS = 20
const MANY_LINES = 150

/** What a customer does with an order. */
export interface Basket {
  readonly body: unknown
  /** Waits for the order's end, for so many seconds. */
  readonly waitsSeconds: number | undefined
  /** Sends the request twice at once. */
  readonly sendsTwice: boolean
  /** Sends it again when it was accepted. */
  readonly replays: boolean
  /** Sends another order under the same key, by mistake. */
  readonly mistake: unknown
  /** How long after its acceptance it is cancelled; never when left out. */
  readonly cancelsAfterMs: number | undefined
}

/** What is ordered under a key: always the same for the same seed, so that it can be sent again at any time. */
export const basketOf = (seed: number, key: string): Basket => {
  const choices = new Choices(seed)
  const happens = (what: string, share: number) => choices.fraction(`${key} ${what}`) < share
  const below = (what: string, count: number) => choices.below(`${key} ${what}`, count)
  const plenty = (what: string) => `PLENTY-${1 + below(what, 8)}`
  const product = (what: string) => (happens(`${what} scarce`, 0.12) ? `SCARCE-${1 + below(what, 4)}` : plenty(what))
  const lines = happens("many lines", 0.015) ? MANY_LINES : 1 + below("lines", 4)
  const isShort = happens("short", 0.4)
  const isDeclined = !isShort && happens("declined", 0.1)
  const body = isShort
    ? { product_id: product("line 1"), quantity: 1 + below("quantity", 3) }
    : {
        customer_id: `01900000-0000-7000-8003-${(1 + below("customer", CUSTOMERS)).toString(16).padStart(12, "0")}`,
        currency: "EUR",
        items: Array.from({ length: lines }, (_, index) => ({
          sku: lines === MANY_LINES ? plenty(`line ${index}`) : product(`line ${index}`),
          quantity: 1 + below(`quantity ${index}`, 3)
        })),
        adjustments: [
          { kind: "SHIPPING", amount: { amount: "4.95", currency: "EUR" } },
          ...(happens("discount", 0.3) ? [{ kind: "DISCOUNT", amount: { amount: "-1.00", currency: "EUR" } }] : [])
        ],
        payment: { method: "card", token: isDeclined ? "tok_decline_insufficient" : "tok_good" }
      }
  return {
    body,
    waitsSeconds: happens("waits", 0.1) ? 1 : undefined,
    sendsTwice: happens("twice", 0.06),
    replays: happens("replays", 0.1),
    mistake: happens("mistake", 0.03) ? { product_id: "PLENTY-1", quantity: 99 } : undefined,
    cancelsAfterMs: happens("cancels", 0.18)
      ? Math.round(400 * choices.fraction(`${key} cancels after`) ** 2)
      : undefined
  }
}
