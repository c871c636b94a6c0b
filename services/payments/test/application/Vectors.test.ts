import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { inVectors, nameOf } from "../../src/application/Vectors.ts"
import { aPayment } from "../TestPayments.ts"

describe("vectors of commands", () => {
  it.effect("name each payment once, are bounded, and are answered in the order of the commands", () =>
    Effect.gen(function* () {
      const payments = Array.from({ length: 700 }, () => aPayment())
      const commands = [...payments, ...payments.slice(0, 3), ...payments.slice(0, 2)].map((payment, number) => ({
        ...payment,
        number
      }))
      const seen: Array<ReadonlyArray<number>> = []
      const results = yield* inVectors(commands, (vector) =>
        Effect.sync(() => {
          seen.push(vector.map(({ number }) => number))
          assert.strictEqual(new Set(vector.map(nameOf)).size, vector.length)
          assert.isAtMost(vector.length, 500)
          return vector.map(({ number }) => number)
        })
      )
      assert.deepStrictEqual(
        results,
        commands.map(({ number }) => number)
      )
      const whenRun = (number: number) => seen.findIndex((vector) => vector.includes(number))
      assert.isBelow(whenRun(0), whenRun(700))
      assert.isBelow(whenRun(700), whenRun(703))
    })
  )

  it.effect("run nothing for no commands", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* inVectors([], () => Effect.die(new Error("run"))), [])
    })
  )
})
