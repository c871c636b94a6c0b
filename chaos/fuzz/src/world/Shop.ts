import { setTimeout as pause } from "node:timers/promises"
import { Schema } from "effect"
import type { Database } from "../database/Database.ts"
import type { Caller } from "../request/Caller.ts"
import { ORGANIZATIONS, type World } from "./World.ts"

/** Who orders properly while the others do what they do; nobody else acts for it. */
export const HONEST = "01900000-0000-7000-8000-00000000f009"

const PRODUCTS = 3
const STOCK = 1_000_000
const PATIENCE_TIMES = 100
const PATIENCE_EVERY_MS = 200

interface Told {
  readonly status: number
  readonly body: unknown
}

const ask = async (
  url: string,
  organization: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {}
): Promise<Told> => {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      // At the end no connection may be open, and nobody can close those that fetch keeps.
      connection: "close",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(organization === undefined ? {} : { "x-organization-id": organization }),
      ...headers
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const text = await answer.text()
  return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) }
}

const demand = (told: Told, status: number, what: string): unknown => {
  if (told.status !== status) throw new Error(`${what}: ${told.status} ${JSON.stringify(told.body)}`)
  return told.body
}

const fill = async (url: string, organization: string | undefined, prefix: string): Promise<ReadonlyArray<unknown>> => {
  const answers: Array<unknown> = []
  for (let number = 1; number <= PRODUCTS; number++) {
    const product = {
      sku: `${prefix}-${number}`,
      name: `Product ${number}`,
      price: { amount: "19.99", currency: "EUR" },
      initial_stock: STOCK
    }
    answers.push(demand(await ask(url, organization, "POST", "/api/v1/inventory/products", product), 201, "a product"))
  }
  const order = { product_id: `${prefix}-1`, quantity: 1 }
  const key = { "idempotency-key": `${prefix}-first`, prefer: "wait=10" }
  answers.push(demand(await ask(url, organization, "POST", "/api/v1/orders", order, key), 201, "an order"))
  for (const path of ["payments", "sales-orders", "orders?limit=1", "sagas"]) {
    answers.push(demand(await ask(url, organization, "GET", `/api/v1/${path}`), 200, path))
  }
  return answers
}

/** Gives every organization products with stock and an order. */
export const openShops = async (url: string, world: World): Promise<void> => {
  const callers: ReadonlyArray<Caller> = ["own", "other", "demo"]
  for (const caller of callers) world.learn(caller, await fill(url, ORGANIZATIONS[caller], "FUZZ"), "")
  await fill(url, HONEST, "HONEST")
}

const isInProgress = Schema.is(Schema.Struct({ code: Schema.Literal("request_in_progress") }))
const isOrder = Schema.is(Schema.Struct({ id: Schema.String, status: Schema.String }))

/** The customers who order properly: every order of theirs has to be executed, once. */
export class HonestCustomers {
  private readonly url: string
  private number = 0
  private readonly placed = new Map<string, string>()

  constructor(url: string) {
    this.url = url
  }

  /** Places an order; gives what is wrong with its answer. */
  async order(): Promise<ReadonlyArray<string>> {
    this.number += 1
    const key = `proper-${this.number}`
    const sku = `HONEST-${1 + (this.number % PRODUCTS)}`
    const short = { product_id: sku, quantity: 1 }
    const long = {
      customer_id: "01900000-0000-7000-8000-0000000000bb",
      items: [{ sku, quantity: 1 }],
      payment: { method: "card", token: "tok" },
      metadata: { number: this.number }
    }
    const headers = { "idempotency-key": key }
    const wanted = this.number % 2 === 0 ? short : long
    const place = () => ask(this.url, HONEST, "POST", "/api/v1/orders", wanted, headers)
    let told = await place()
    // What is not final is sent again under its key, as a patient shop does.
    for (let times = 0; (told.status === 503 || isInProgress(told.body)) && times < PATIENCE_TIMES; times++) {
      await pause(PATIENCE_EVERY_MS)
      told = await place()
    }
    const { body, status } = told
    if ((status !== 202 && status !== 201) || !isOrder(body))
      return [`a proper order was answered ${status} ${JSON.stringify(body)}`]
    this.placed.set(key, body.id)
    return []
  }

  /** Looks up everything that was ordered since the last time, and gives what is wrong with it. */
  async executed(database: Database): Promise<ReadonlyArray<string>> {
    const keys = [...this.placed.keys()]
    const ledger = await database.ledgerOf(HONEST, keys)
    this.placed.clear()
    return keys.flatMap((key) =>
      ledger.get(key) === "COMPLETED" ? [] : [`the proper order ${key} is ${ledger.get(key) ?? "nowhere"}`]
    )
  }

  get ordered(): number {
    return this.number
  }
}
