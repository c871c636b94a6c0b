import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import {
  type CompensatableStep,
  type RetriableStep,
  type SagaDefinition,
  stepsOf,
  undosOf,
  type VectorCommand
} from "../src/index.ts"
import { makeTripBench, type TripData } from "./simulation/TripBench.ts"

const command: VectorCommand<TripData> = makeTripBench().car.command
const retriable = { name: "ticket", statusAfter: "COMPLETED", command }
const compensatable = { ...retriable, undo: { name: "return", command } }

describe("the definition of a saga", () => {
  it("does not compile with a step before the pivot, or a pivot, that has no undo", () => {
    expectTypeOf(compensatable).toExtend<CompensatableStep<TripData>>()
    expectTypeOf(retriable).not.toExtend<CompensatableStep<TripData>>()
    expectTypeOf({ ...retriable, undo: undefined }).not.toExtend<CompensatableStep<TripData>>()
    expectTypeOf({ ...retriable, undo: { name: "return" } }).not.toExtend<CompensatableStep<TripData>>()
    expectTypeOf<typeof retriable>().not.toExtend<SagaDefinition<TripData>["pivot"]>()
    expectTypeOf<Array<typeof retriable>>().not.toExtend<SagaDefinition<TripData>["compensatable"]>()
    expectTypeOf<Array<typeof compensatable>>().toExtend<SagaDefinition<TripData>["compensatable"]>()
  })

  it("does not compile with an undo of a step after the pivot, which would never be called", () => {
    expectTypeOf(retriable).toExtend<RetriableStep<TripData>>()
    expectTypeOf(compensatable).not.toExtend<RetriableStep<TripData>>()
  })

  it("does not compile without a pivot", () => {
    expectTypeOf<Omit<SagaDefinition<TripData>, "pivot">>().not.toExtend<SagaDefinition<TripData>>()
  })

  it("gives its steps in their order, and its undos from the pivot back", () => {
    const { definition } = makeTripBench()
    assert.deepStrictEqual(
      stepsOf(definition).map((step) => step.name),
      ["car", "hotel", "pay", "ticket"]
    )
    assert.deepStrictEqual(
      undosOf(definition).map((undo) => undo.name),
      ["refund", "leave", "return"]
    )
  })
})
