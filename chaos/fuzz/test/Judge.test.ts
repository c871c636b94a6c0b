import { PublicApi } from "@valerix/app/src/PublicApi.ts"
import { openApiOf } from "@valerix/http"
import { Contract } from "@valerix/testing/contract"
import { describe, expect, it } from "vitest"
import { judgeOf } from "../src/judge/index.ts"
import type { Judged } from "../src/judge/Judged.ts"
import { changed, Plans } from "../src/Plan.ts"
import { rendered } from "../src/request/Rendered.ts"
import { type Exchange, readAnswer } from "../src/wire/Answer.ts"
import { World } from "../src/world/World.ts"

const contract = new Contract(openApiOf(PublicApi))
const HOST = "127.0.0.1:1"
const FOREIGN = "01900000-0000-7000-8000-00000000abcd"

const world = new World()
world.add("other", "order", FOREIGN)
const judge = judgeOf(contract, world)

/** A request to list orders by the first organization, as its description says. */
const listing = () => {
  const plans = new Plans(contract, 1, "orders.listOrders")
  const { draft } = changed({ ...plans.at(1), changes: [] })
  return { ...draft, caller: "own" as const, query: [] }
}

const PROBLEM = {
  type: "urn:valerix:problem:validation_error",
  title: "The request has fields that cannot be accepted.",
  status: 400,
  code: "validation_error",
  errors: [{ field: "query limit", message: "must be a whole number" }],
  correlation_id: "c-1"
}

const answerOf = (status: number, body: unknown, more: Readonly<Record<string, string | undefined>> = {}) => {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const headers = {
    "content-type": status < 400 ? "application/json" : "application/problem+json",
    "content-length": String(Buffer.byteLength(text)),
    "x-correlation-id": "c-1",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    ...more
  }
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))
  return [`HTTP/1.1 ${status} Said`, ...lines, "", text].join("\r\n")
}

const exchangeOf = (answer: string): Exchange => {
  const parsed = readAnswer(Buffer.from(answer), "GET", true)
  return parsed.type === "answer"
    ? { answers: [parsed.answer], unread: parsed.rest, ended: "answered", tookMs: 1 }
    : { answers: [], unread: Buffer.from(answer), ended: "closed", tookMs: 1 }
}

const rulesBrokenBy = (exchange: Exchange, more: Partial<Judged> = {}) => {
  const draft = more.draft ?? listing()
  const request = rendered(draft, world, "key", HOST)
  return [
    ...new Set(judge({ draft, request, exchange, isUnchanged: false, isCalm: true, ...more }).map(({ rule }) => rule))
  ]
}
const rulesBroken = (answer: string, more: Partial<Judged> = {}) => rulesBrokenBy(exchangeOf(answer), more)

const EMPTY_PAGE = { data: [], next_cursor: null }

describe("judging an answer", () => {
  it("finds nothing wrong with a page, and with a problem", () => {
    expect(rulesBroken(answerOf(200, EMPTY_PAGE))).toEqual([])
    expect(rulesBroken(answerOf(400, PROBLEM))).toEqual([])
  })

  it.each<readonly [rule: string, what: string, answer: string]>([
    ["no fault of ours", "500", answerOf(500, { ...PROBLEM, status: 500 })],
    ["no fault of ours", "503 while little is asked", answerOf(503, { ...PROBLEM, status: 503 })],
    ["problem documents", "an error as text", answerOf(400, "no", { "content-type": "text/plain" })],
    ["problem documents", "another status in the document", answerOf(400, { ...PROBLEM, status: 404 })],
    ["problem documents", "no code", answerOf(400, { ...PROBLEM, code: undefined })],
    ["problem documents", "no field", answerOf(400, { ...PROBLEM, errors: undefined })],
    ["problem documents", "another correlation id", answerOf(400, { ...PROBLEM, correlation_id: "c-2" })],
    ["nothing of the inside", "a stack", answerOf(400, { ...PROBLEM, detail: "TypeError: x at f (file:///a.ts:1:1)" })],
    ["nothing of the inside", "SQL", answerOf(400, { ...PROBLEM, detail: 'relation "orders" violates x' })],
    ["nothing of the inside", "who serves", answerOf(200, EMPTY_PAGE, { server: "nginx" })],
    ["no control characters", "an escape sequence in a problem", answerOf(400, { ...PROBLEM, detail: "\u001b[31m" })],
    ["no control characters", "bidi in a page", answerOf(200, { ...EMPTY_PAGE, next_cursor: "\u202e" })],
    ["no control characters", "a control character in a header", answerOf(200, EMPTY_PAGE, { "x-a": "\u0007" })],
    ["usual headers", "no correlation id", answerOf(200, EMPTY_PAGE, { "x-correlation-id": undefined })],
    ["usual headers", "a guess at the type", answerOf(200, EMPTY_PAGE, { "x-content-type-options": undefined })],
    ["answers as described", "a page without data", answerOf(200, { next_cursor: null })],
    ["answers as described", "a status that there is not", answerOf(204, "")],
    [
      "answers as described",
      "a code that there is not",
      answerOf(404, { ...PROBLEM, status: 404, code: "lost", type: "urn:valerix:problem:lost" })
    ],
    ["readable HTTP", "what is no HTTP", "HTTP/1.1 200\r\nno colon\r\n\r\n"],
    ["readable HTTP", "something after the answer", `${answerOf(200, EMPTY_PAGE)}x`]
  ])("finds %s broken by %s", (rule, _, answer) => {
    expect(rulesBroken(answer)).toContain(rule)
  })

  it("finds nothing of the inside where the request itself said it", () => {
    const answer = answerOf(400, { ...PROBLEM, detail: "No such order: undefined." })
    expect(rulesBroken(answer)).toEqual(["nothing of the inside"])
    const draft = { ...listing(), path: ["/api/v1/orders", "undefined"] }
    expect(rulesBroken(answer, { draft })).not.toContain("nothing of the inside")
  })

  it("finds a connection that is silent, and one that is closed", () => {
    const nothing = { answers: [], unread: Buffer.alloc(0), tookMs: 1 }
    expect(rulesBrokenBy({ ...nothing, ended: "silent" })).toEqual(["no hanging"])
    expect(rulesBrokenBy({ ...nothing, ended: "closed" })).toEqual(["an answer"])
  })

  it("takes 503 from a program of which much is asked, if it says when to come back", () => {
    const unavailable = {
      ...PROBLEM,
      code: "temporarily_unavailable",
      type: "urn:valerix:problem:temporarily_unavailable",
      title: "The service cannot answer right now.",
      status: 503,
      errors: undefined
    }
    expect(rulesBroken(answerOf(503, unavailable, { "retry-after": "1" }), { isCalm: false })).toEqual([])
    expect(rulesBroken(answerOf(503, unavailable), { isCalm: false })).toEqual(["no fault of ours"])
  })

  it("finds what belongs to another organization", () => {
    expect(rulesBroken(answerOf(200, { ...EMPTY_PAGE, next_cursor: FOREIGN }))).toEqual(["isolation"])
  })

  it("finds what is accepted although it cannot be", () => {
    const draft = { ...listing(), mustBeRefused: "it is there twice" }
    expect(rulesBroken(answerOf(200, EMPTY_PAGE), { draft })).toEqual(["refuses what cannot be"])
  })

  it("finds what is refused although it is described", () => {
    expect(rulesBroken(answerOf(400, PROBLEM), { isUnchanged: true })).toEqual(["accepts what is described"])
  })

  it("finds a body that is accepted although it is not described", () => {
    const { draft } = changed({ ...new Plans(contract, 1, "inventory.changeProduct").at(1), changes: [] })
    const path = ["/api/v1/inventory/products/", { type: "value", text: "SKU" }] as const
    const request = { ...draft, path, body: { type: "token", text: '{"colour":1}' } as const }
    const product = {
      product_id: "01900000-0000-7000-8000-000000000001",
      sku: "SKU",
      name: "Name",
      price: { amount: "1.00", currency: "EUR" },
      version: 2,
      created_at: "2026-01-01T00:00:00.000Z",
      updated_at: "2026-01-01T00:00:00.000Z"
    }
    expect(rulesBroken(answerOf(200, product), { draft: request })).toEqual(["refuses what is not described"])
  })
})
