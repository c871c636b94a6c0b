import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import {
  CustomerId,
  EventId,
  makeEventId,
  makeOrderId,
  makeProductId,
  OrderId,
  OrganizationId,
  ProductId,
  Uuid,
  uuidV7
} from "../src/index.ts"

const VERSION_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Ids never go back in time, so every test that sets the clock sets it further ahead. */
let aheadMs = Date.now()
const furtherAhead = () => {
  aheadMs += 3_600_000
  return aheadMs
}

const millisOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

describe("an id", () => {
  it("is a valid UUID version 7, and the ids of one process rise strictly, however fast they are made", () => {
    const ids = Array.from({ length: 100_000 }, () => uuidV7())
    let isRising = true
    for (let index = 1; index < ids.length; index += 1) isRising &&= (ids[index - 1] ?? "") < (ids[index] ?? "")
    assert.isTrue(isRising)
    assert.isTrue(ids.every((id) => VERSION_7.test(id)))
    assert.isTrue(ids.filter((_, index) => index % 100 === 0).every((id) => Schema.is(Uuid)(id)))
  })

  it("goes on rising when the clock stands still, and when it is set back", () => {
    const startMs = furtherAhead()
    const ids = [
      ...Array.from({ length: 10_000 }, () => uuidV7(startMs)),
      ...Array.from({ length: 10_000 }, () => uuidV7(startMs - 60_000))
    ]
    assert.isTrue(ids.every((id, index) => index === 0 || (ids[index - 1] ?? "") < id))
    // 4,096 ids and not more fit a millisecond, so it borrows from those to come.
    assert.isAtMost(millisOf(ids.at(-1) ?? ""), startMs + 10)
    const later = uuidV7(startMs + 5_000)
    assert.strictEqual(millisOf(later), startMs + 5_000)
  })

  it("carries the time at which it was made", () => {
    const atMs = furtherAhead()
    assert.strictEqual(millisOf(uuidV7(atMs)), atMs)
  })

  it("cannot be guessed from the one before it", () => {
    const tails = Array.from({ length: 10_000 }, () => uuidV7().slice(19))
    assert.strictEqual(new Set(tails).size, tails.length)
    for (let digit = 1; digit < 4; digit += 1) assert.strictEqual(new Set(tails.map((tail) => tail[digit])).size, 16)
  })

  it.each([
    ["of version 1", "5f0c7a9e-8f3b-11ee-b9d1-0242ac120002"],
    ["of version 4", "f47ac10b-58cc-4372-a567-0e02b2c3d479"],
    ["of version 8", "01900000-0000-8000-8000-000000000001"],
    ["of another variant", "01900000-0000-7000-c000-000000000001"],
    ["in upper case", "01900000-0000-7000-8000-00000000000A"],
    ["in braces", "{01900000-0000-7000-8000-000000000001}"],
    ["without hyphens", "01900000000070008000000000000001"],
    ["as a URN", "urn:uuid:01900000-0000-7000-8000-000000000001"],
    ["with something before it", " 01900000-0000-7000-8000-000000000001"],
    ["with something after it", "01900000-0000-7000-8000-000000000001\n"],
    ["that is nil", "00000000-0000-0000-0000-000000000000"],
    ["that is the greatest", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    ["that is empty", ""]
  ])("%s is refused", (_, text) => {
    for (const schema of [Uuid, OrganizationId, OrderId, ProductId, CustomerId, EventId]) {
      assert.isFalse(Schema.is(schema)(text))
    }
  })

  it("that is made for an order, a product or an event is one of that kind", () => {
    assert.isTrue(Schema.is(OrderId)(makeOrderId()))
    assert.isTrue(Schema.is(ProductId)(makeProductId()))
    assert.isTrue(Schema.is(EventId)(makeEventId()))
  })
})
