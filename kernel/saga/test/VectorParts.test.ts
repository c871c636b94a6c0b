import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { vectorParts } from "../src/VectorParts.ts"

const command = fc.record({
  organizationId: fc.constantFrom("a", "b"),
  orderId: fc.integer({ min: 0, max: 50 }).map(String),
  lines: fc.nat(3_000).map((length) => Array<null>(length).fill(null))
})

interface Command {
  readonly organizationId: string
  readonly orderId: string
  readonly lines?: ReadonlyArray<null>
}
const parting = {
  nameOf: ({ organizationId, orderId }: Command) => `${organizationId}/${orderId}`,
  rowsOf: ({ lines }: Command) => lines?.length ?? 1
}

describe("vectorParts", () => {
  it("keeps every command in its place, in parts of limited size with no order twice", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const parts = vectorParts(commands, parting)
        assert.deepStrictEqual(parts.flat(), commands)
        for (const part of parts) {
          assert.isNotEmpty(part)
          assert.isAtMost(
            part.reduce((sum, { lines }) => sum + lines.length, 0),
            20_000
          )
          assert.lengthOf(
            new Set(part.map(({ organizationId, orderId }) => `${organizationId}/${orderId}`)),
            part.length
          )
        }
      })
    )
  })

  it("does at most a thousand sagas at a time, and no more parts than it needs", () => {
    const commands = Array.from({ length: 2_500 }, (_, index) => ({
      organizationId: "a",
      orderId: String(index)
    }))
    assert.deepStrictEqual(
      vectorParts(commands, parting).map((part) => part.length),
      [1_000, 1_000, 500]
    )
    assert.deepStrictEqual(vectorParts([], parting), [])
  })
})
