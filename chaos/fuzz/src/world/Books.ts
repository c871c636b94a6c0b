import { Schema } from "effect"
import type { Counts } from "../database/Database.ts"
import { type Judged, jsonIn } from "../judge/Judged.ts"
import { problemIn } from "../judge/ProblemDocuments.ts"
import { headerOf } from "../wire/Answer.ts"
import { parsedJson } from "../wire/ParsedJson.ts"

const isAboutOrder = Schema.is(Schema.Struct({ order_id: Schema.String }))
const isProduct = Schema.is(Schema.Struct({ product_id: Schema.String, sku: Schema.String }))
const isAddition = Schema.is(Schema.Struct({ adjustment_id: Schema.String }))
const isStocked = Schema.is(Schema.Struct({ initial_stock: Schema.Int.check(Schema.isGreaterThan(0)) }))

const PLACE_ORDER = "orders.placeOrder"
const CREATE_PRODUCT = "inventory.createProduct"
const ADD_STOCK = "inventory.addStock"

const SAFE = new Set(["GET", "HEAD", "OPTIONS", "TRACE"])

/** Whether a request may have written something: all that was not refused, and orders that were placed and came to nothing. */
export const mayHaveWritten = ({ exchange, request }: Judged): boolean => {
  if (SAFE.has(request.method)) return false
  const { answers, ended } = exchange
  if (ended !== "answered") return true
  return answers.some((answer) => {
    const problem = problemIn(answer)
    if (answer.status < 400) return !isDryRun(jsonIn(answer))
    // An order that was declined, or ran out of stock, was placed: its problem names it.
    return (
      problem !== undefined && OUTCOMES.has(problem.code) && isAboutOrder(jsonIn(answer)) && request.method === "POST"
    )
  })
}

const OUTCOMES = new Set(["payment_declined", "insufficient_stock", "order_cancelled", "order_failed"])
const isDryRun = Schema.is(Schema.Struct({ dry_run: Schema.Literal(true) }))

/** What the answers say that there is, to be held against what there is. */
export class Books {
  private counts: Counts
  private sure: Record<keyof Counts, number> = { orders: 0, products: 0, movements: 0 }
  private doubtful: Record<keyof Counts, number> = { orders: 0, products: 0, movements: 0 }

  constructor(counts: Counts) {
    this.counts = counts
  }

  /** Enters something that is sure to be there. */
  enter(what: keyof Counts): void {
    this.sure[what] += 1
  }

  /** Enters what came of a request. */
  keep(judged: Judged): void {
    const { draft, exchange, request } = judged
    const what = KINDS_OF[draft.operation.operation.operationId]
    if (what === undefined || SAFE.has(request.method)) return
    const isPlain = request.isWellFormed && exchange.ended === "answered"
    if (!isPlain) {
      for (const one of what) this.doubtful[one] += 2
      return
    }
    for (const answer of exchange.answers) {
      if (headerOf(answer, "idempotency-replayed") !== undefined) continue
      const body = jsonIn(answer)
      if (request.target.startsWith("/api/v1/orders") && what.includes("orders") && mayHaveWritten(judged))
        this.sure.orders += 1
      if (answer.status === 201 && what.includes("products") && isProduct(body)) {
        this.sure.products += 1
        if (isStocked(parsedJson(request.body))) this.sure.movements += 1
      }
      if (answer.status === 200 && isAddition(body)) this.sure.movements += 1
    }
  }

  /** Holds the books against what there is now, and begins anew from there. */
  close(counts: Counts): ReadonlyArray<string> {
    const wrong = (["orders", "products", "movements"] as const).flatMap((what) => {
      const made = counts[what] - this.counts[what]
      const least = this.sure[what]
      const most = least + this.doubtful[what]
      return made >= least && made <= most
        ? []
        : [`there are ${made} new ${what}; the answers told of ${least}${most > least ? ` to ${most}` : ""}`]
    })
    this.counts = counts
    this.sure = { orders: 0, products: 0, movements: 0 }
    this.doubtful = { orders: 0, products: 0, movements: 0 }
    return wrong
  }
}

const KINDS_OF: Readonly<Record<string, ReadonlyArray<keyof Counts>>> = {
  [PLACE_ORDER]: ["orders"],
  [CREATE_PRODUCT]: ["products", "movements"],
  [ADD_STOCK]: ["movements"]
}
