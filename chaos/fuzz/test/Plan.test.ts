import { PublicApi } from "@valerix/app/src/PublicApi.ts"
import { openApiOf } from "@valerix/http"
import { Contract } from "@valerix/testing/contract"
import { describe, expect, it } from "vitest"
import { KINDS } from "../src/mutations/index.ts"
import { changed, Plans } from "../src/Plan.ts"
import { asCommand } from "../src/request/Curl.ts"
import type { Draft } from "../src/request/Draft.ts"
import { type Rendered, rendered } from "../src/request/Rendered.ts"
import { World } from "../src/world/World.ts"

const contract = new Contract(openApiOf(PublicApi))
const HOST = "127.0.0.1:1"
const REQUESTS = 6_000

const bytesOf = (plans: Plans, number: number) =>
  rendered(changed(plans.at(number)).draft, new World(), "key", HOST).bytes.toString("latin1")

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1)

describe("the requests of a seed", () => {
  it("are the same for the same seed, in any order, and others for another", () => {
    const one = new Plans(contract, 7, undefined)
    const again = new Plans(contract, 7, undefined)
    const all = numbers(50).map((number) => bytesOf(one, number))
    expect(
      numbers(50)
        .reverse()
        .map((number) => bytesOf(again, number))
        .reverse()
    ).toEqual(all)
    const other = new Plans(contract, 8, undefined)
    expect(numbers(50).map((number) => bytesOf(other, number))).not.toEqual(all)
  })

  it("go to every operation, and everything is done to them that can be", () => {
    const plans = new Plans(contract, 1, undefined)
    const operations = new Set<string>()
    const done = new Set<string>()
    for (const number of numbers(REQUESTS)) {
      const { draft, names } = changed(plans.at(number))
      operations.add(draft.operation.operation.operationId)
      for (const name of names) done.add(name)
    }
    expect(operations.size).toBe(contract.operations.length)
    const known = KINDS.flatMap(({ mutations }) => mutations.map(({ name }) => name))
    expect(known.filter((name) => !done.has(name))).toEqual([])
    expect(new Set(known).size).toBe(known.length)
  })

  const isJson = (body: Buffer | undefined): boolean => {
    try {
      JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))
      return true
    } catch {
      return false
    }
  }

  it.each<readonly [why: string, only: string, isStillSo: (draft: Draft, request: Rendered) => boolean]>([
    [
      "a query field is there twice",
      "listBalances",
      ({ query }) => new Set(query.map(([name]) => name)).size < query.length
    ],
    ["its body is not JSON", "compensateSagas", (_, { body }) => !isJson(body)],
    ["its body is not JSON", "placeOrder", (_, { body }) => !isJson(body)],
    [
      "it has no content type",
      "compensateSagas",
      (_, { headers }) => headers.every(([name]) => name !== "Content-Type")
    ]
  ])("have to be refused because %s (%s) only where that is still so in the end", (why, only, isStillSo) => {
    const plans = new Plans(contract, 1, only)
    const all = KINDS.flatMap(({ mutations }) => mutations)
    let stillSo = 0
    for (const number of numbers(30)) {
      for (const first of all) {
        if (changed({ ...plans.at(number), changes: [{ mutation: first, dice: number }] }).draft.mustBeRefused !== why)
          continue
        for (const later of all) {
          const changes = [first, later].map((mutation) => ({ mutation, dice: number }))
          const { draft } = changed({ ...plans.at(number), changes })
          if (draft.mustBeRefused !== why || draft.wire !== undefined) continue
          stillSo += 1
          expect(isStillSo(draft, rendered(draft, new World(), "key", HOST)), `${first.name}; ${later.name}`).toBe(true)
        }
      }
    }
    expect(stillSo).toBeGreaterThan(0)
  })

  it("go to one operation alone if that is asked for", () => {
    const plans = new Plans(contract, 1, "placeOrder")
    const operations = numbers(50).map((number) => plans.at(number).draft.operation.operation.operationId)
    expect(new Set(operations)).toEqual(new Set(["orders.placeOrder"]))
    expect(() => new Plans(contract, 1, "placeOrders")).toThrow(/no operation placeOrders.*orders\.placeOrder/)
  })

  it("are as their description says where nothing is done to them", () => {
    const plans = new Plans(contract, 3, undefined)
    for (const number of numbers(300)) {
      const { draft } = plans.at(number)
      const { body } = rendered(draft, new World(), "key", HOST)
      if (body === undefined) continue
      expect(contract.faultInBody(draft.operation, JSON.parse(body.toString("utf8")))).toBeUndefined()
    }
  })

  it("can be sent again with curl, or byte by byte where curl cannot", () => {
    const { draft } = changed({ ...new Plans(contract, 1, "inventory.createProduct").at(1), changes: [] })
    const plain = { ...draft, caller: "own" as const, body: { type: "token", text: '{"name":"it\'s"}' } as const }
    expect(asCommand("http://h", rendered(plain, new World(), "key", HOST))).toBe(
      "curl -i --path-as-is --globoff -X POST -H 'X-Organization-ID: 01900000-0000-7000-8000-00000000f001' " +
        "-H 'Content-Type: application/json' --data-binary '{\"name\":\"it'\\''s\"}' 'http://h/api/v1/inventory/products'"
    )
    const wire = { ...plain, wire: () => Buffer.from("GET \0\xff", "latin1") }
    expect(asCommand("http://h", rendered(wire, new World(), "key", HOST))).toBe('bytes: "GET \\u0000\\xff"')
  })
})
