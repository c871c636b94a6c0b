import { Schema } from "effect"
import type { Caller } from "../request/Caller.ts"
import type { Reference, ReferenceTo } from "../request/Json.ts"

const KNOWN_MAX = 400
const NOBODY = "01900000-0000-7000-8000-0000000000ff"
const CUSTOMERS = ["01900000-0000-7000-8000-000000000002", "01900000-0000-7000-8000-0000000000aa"]

/** The fields of an answer by which things are known later on. */
const KNOWN_BY: Readonly<Record<string, ReferenceTo>> = {
  order_id: "order",
  product_id: "product",
  sku: "sku",
  payment_id: "payment",
  version: "version"
}

/** What the program has told one organization of. */
class Known {
  private readonly values = new Map<string, Array<string>>()

  add(to: string, value: string): void {
    const some = this.values.get(to) ?? []
    if (some.includes(value)) return
    some.push(value)
    if (some.length > KNOWN_MAX) some.shift()
    this.values.set(to, some)
  }

  at(to: string, index: number): string | undefined {
    const some = this.values.get(to) ?? []
    // The latest come first: they are what is under way.
    return some[some.length - 1 - (index % Math.max(1, some.length))]
  }
}

export const ORGANIZATIONS: Readonly<Record<Caller, string | undefined>> = {
  own: "01900000-0000-7000-8000-00000000f001",
  other: "01900000-0000-7000-8000-00000000f002",
  demo: undefined
}

const CALLERS: ReadonlyArray<Caller> = ["own", "other", "demo"]

const isObject = Schema.is(Schema.Record(Schema.String, Schema.Unknown))

type Headers = ReadonlyArray<readonly [name: string, value: string]>

/** What there is to name in requests: gathered from the answers, per organization. */
export class World {
  private readonly known: Readonly<Record<Caller, Known>> = { own: new Known(), other: new Known(), demo: new Known() }
  /** Whose each order, product and payment is. */
  private readonly owners = new Map<string, Caller>()

  /** Learns what an answer to a caller names. */
  learn(caller: Caller, body: unknown, list: string): void {
    if (Array.isArray(body)) {
      for (const one of body) this.learn(caller, one, list)
      return
    }
    if (!isObject(body)) return
    const { next_cursor: cursor } = body
    if (typeof cursor === "string") this.known[caller].add(`${list} cursor`, cursor)
    if (typeof body["ledger_status"] === "string" && typeof body["id"] === "string")
      this.add(caller, "order", body["id"])
    for (const [name, value] of Object.entries(body)) {
      const to = KNOWN_BY[name]
      if (to !== undefined && typeof value === "string") this.add(caller, to, value)
      else if (typeof value === "object" && name !== "metadata" && name !== "shipping_address")
        this.learn(caller, value, list)
    }
  }

  add(caller: Caller, to: ReferenceTo, value: string): void {
    this.known[caller].add(to, value)
    if (OWNED.has(to)) this.owners.set(value, this.owners.get(value) ?? caller)
  }

  /** The text that a reference in a caller's request to a list stands for; none where it has given no cursor. */
  resolve(caller: Caller, { from = caller, index, to }: Reference, list: string): string | undefined {
    if (to === "customer") return CUSTOMERS[index % CUSTOMERS.length]
    if (to === "cursor") return this.known[from].at(`${list} ${to}`, index)
    const found = this.known[from].at(to, index)
    if (found !== undefined) return found
    if (to === "version") return to
    return to === "sku" ? "PROD-001" : NOBODY
  }

  /** For whom a request is: the organization that its header names counts, whoever sends it. */
  callerOf({ headers }: { readonly headers: Headers }): Caller | undefined {
    const named = headers
      .find(([name]) => name.toLowerCase() === "x-organization-id")?.[1]
      .trim()
      .toLowerCase()
    return CALLERS.find((caller) => ORGANIZATIONS[caller] === named)
  }

  /** Whose an order, a product or a payment is; none of what nobody was told of. */
  ownerOf(id: string): Caller | undefined {
    return this.owners.get(id)
  }
}

const OWNED: ReadonlySet<ReferenceTo> = new Set(["order", "product", "payment"])
