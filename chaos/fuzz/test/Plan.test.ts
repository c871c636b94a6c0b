import { PublicApi } from "@valerix/app/src/PublicApi.ts"
import { openApiOf } from "@valerix/http"
import { Contract } from "@valerix/testing/contract"
import { describe, expect, it } from "vitest"
import { KINDS } from "../src/mutations/index.ts"
import { changed, Plans } from "../src/Plan.ts"
import { asCommand } from "../src/request/Curl.ts"
import { rendered } from "../src/request/Rendered.ts"
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

  it("have to be refused for a query field that is there twice only where it still is in the end", () => {
    const plans = new Plans(contract, 1, "listBalances")
    const all = KINDS.flatMap(({ mutations }) => mutations)
    const twice = all.filter(({ name }) => name === "a query field twice")
    let stillTwice = 0
    for (const number of numbers(100)) {
      for (const later of all) {
        const changes = [...twice, later].map((mutation) => ({ mutation, dice: number }))
        const { mustBeRefused, query } = changed({ ...plans.at(number), changes }).draft
        if (mustBeRefused !== "a query field is there twice") continue
        stillTwice += 1
        const names = query.map(([name]) => name)
        expect(new Set(names).size, later.name).toBeLessThan(names.length)
      }
    }
    expect(stillTwice).toBeGreaterThan(0)
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
