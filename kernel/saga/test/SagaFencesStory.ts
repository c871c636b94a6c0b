import { TenantTransactions } from "@valerix/tenancy"
import { Effect, Exit } from "effect"
import fc from "fast-check"
import { SagaFences } from "../src/index.ts"
import { at } from "./SagaFencesContract.ts"
import { makeOrganizations, makeTrip } from "./Trips.ts"

/** Two sagas in each of two organizations, which share their ids. */
const SAGAS = 4
const EPOCHS = 4

interface Step {
  readonly ask: "admit" | "undo"
  /** Each generation of a saga once. */
  readonly commands: ReadonlyArray<{ readonly saga: number; readonly generation: number; readonly epoch: number }>
  /** The organizations that the transaction names; a command of another one dies. */
  readonly named: ReadonlyArray<0 | 1>
  readonly isRolledBack: boolean
}

export const fenceStories = fc.array(
  fc.record<Step>({
    ask: fc.constantFrom("admit", "undo"),
    commands: fc.uniqueArray(fc.record({ saga: fc.nat(SAGAS - 1), generation: fc.nat(1), epoch: fc.nat(EPOCHS - 1) }), {
      maxLength: 6,
      selector: ({ generation, saga }) => `${saga} ${generation}`
    }),
    named: fc.constantFrom<ReadonlyArray<0 | 1>>([0, 1], [0, 1], [0, 1], [1, 0, 1], [1], []),
    isRolledBack: fc.constantFrom(false, false, false, true)
  }),
  { maxLength: 16 }
)

/** Tells a story to fences, and gives what they answered, and what they answer in the end to whoever asks. */
export const tellFences = Effect.fnUntraced(function* (story: ReadonlyArray<Step>) {
  const transactions = yield* TenantTransactions
  const fences = yield* SagaFences
  const organizations = makeOrganizations(2)
  const ids = [makeTrip().sagaId, makeTrip().sagaId]
  const sagas = organizations.flatMap((organizationId) => ids.map((sagaId) => ({ organizationId, sagaId })))
  const seen: Array<unknown> = []
  for (const { ask, commands, isRolledBack, named } of story) {
    const asked = commands.flatMap(({ epoch, generation, saga }) => {
      const key = sagas[saga]
      return key === undefined ? [] : [at(key, epoch, generation)]
    })
    const answer = Effect.tap(fences[ask](asked), (answers) => {
      seen.push(answers)
      return isRolledBack ? Effect.die(new Error("rolled back")) : Effect.void
    })
    const exit = yield* Effect.exit(transactions.run(named.flatMap((index) => organizations[index] ?? []))(answer))
    seen.push(Exit.isSuccess(exit))
  }
  // The first epoch that may undo is the one that the fence has.
  for (const saga of sagas.flatMap((key) => [at(key, 99, 0), at(key, 99, 1)])) {
    const inOrganization = transactions.run([saga.organizationId])
    for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
      const admitted = inOrganization(
        Effect.tap(fences.admit([{ ...saga, epoch }]), (is) => {
          seen.push(is)
          return Effect.die(new Error("rolled back"))
        })
      )
      yield* Effect.exit(admitted)
      seen.push(yield* inOrganization(fences.undo([{ ...saga, epoch }])))
    }
  }
  return seen
})
