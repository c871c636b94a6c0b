import type { Bug } from "./Bug.ts"

/** What executes sagas, and the store that they are kept in. */
export const bugsOfSaga: ReadonlyArray<Bug> = [
  {
    name: "unfenced-write",
    promise: "A write of a worker that lost its lease changes nothing.",
    file: "kernel/saga/src/SagaStoreMemory.ts",
    find: `      saga.visibleAtMs !== undefined &&
      saga.epoch === transition.epoch &&
      saga.status === transition.expectedStatus`,
    replace: "      saga.visibleAtMs !== undefined"
  },
  {
    name: "lease-renewed-after-loss",
    promise: "A lease that was lost stays lost.",
    file: "kernel/saga/src/SagaStoreMemory.ts",
    find: `        if (saga === undefined || saga.epoch !== epoch || saga.visibleAtMs === undefined) return false
        this.put({ ...saga, visibleAtMs: nowMs + leaseMs })`,
    replace: `        if (saga === undefined || saga.visibleAtMs === undefined) return false
        this.put({ ...saga, epoch, visibleAtMs: nowMs + leaseMs })`
  },
  {
    name: "no-release",
    promise: "A failed order holds no stock.",
    file: "kernel/saga/src/SagaDefinition.ts",
    find: "[...definition.compensatable, definition.pivot].map((step) => step.undo).reverse()",
    replace:
      '[...definition.compensatable, definition.pivot].map((step) => step.undo).filter((undo) => undo.name !== "release").reverse()'
  },
  {
    name: "undos-in-one-attempt",
    promise: "An undo is tried until it is done.",
    file: "kernel/saga/src/UndoPass.ts",
    find: 'if (outcome._tag === "Done") {',
    replace: 'if (outcome._tag === "Done" || outcome._tag === "Unavailable") {'
  },
  {
    name: "failed-before-undone",
    promise: "An order has failed when everything is undone, and not before.",
    file: "kernel/saga/src/SagaExecutor.ts",
    find: `pass.problem === undefined
`,
    replace: `pass.problem === undefined || !pass.problem.isPermanent
`
  },
  {
    name: "rejection-retried",
    promise: "What was refused for good is not asked for again.",
    file: "kernel/saga/src/Decision.ts",
    find: `    case "Rejected":
      return compensate({ step: step.name, ...failureOf(outcome) })`,
    replace: `    case "Rejected":
      return tryAgain(saga, saga.attempts, saga.undone, schedule)`
  },
  {
    name: "unavailable-is-final",
    promise: "A step without a definite answer is tried five times.",
    file: "kernel/saga/src/Decision.ts",
    find: "return step.isAfterPivot || attempts < attemptsMax(schedule)",
    replace: "return step.isAfterPivot || attempts < 2"
  },
  {
    name: "given-up-after-the-pivot",
    promise: "After the pivot an order goes forward.",
    file: "kernel/saga/src/Decision.ts",
    find: "return step.isAfterPivot || attempts < attemptsMax(schedule)",
    replace: "return attempts < attemptsMax(schedule)"
  },
  {
    name: "silence-is-consent",
    promise: "A command without an answer is not done.",
    file: "kernel/saga/src/CallVector.ts",
    find: "items.map(() => unavailable(reason))",
    replace: 'items.map(() => ({ _tag: "Done" }))'
  },
  {
    name: "batch-error-to-all",
    promise: "An order that fails does not take its neighbours with it.",
    file: "kernel/saga/src/InHalves.ts",
    find: "if (items.length <= 1) return",
    replace: "return"
  },
  {
    name: "cancel-overlooked",
    promise: "A cancellation that was promised is carried out.",
    file: "kernel/saga/src/SagaStoreMemory.ts",
    find: `return saga.cancelRequested
`,
    replace: `return saga.cancelRequested && saga.attempts > 0
`
  },
  {
    name: "woken-by-hints-only",
    promise: "Every order that is due is found, also when nobody says so.",
    file: "kernel/saga/src/SagaWorker.ts",
    find: "yield* Effect.race(hint.await, Effect.sleep(sleepMs))",
    replace: "yield* hint.await"
  },
  {
    name: "event-of-every-write",
    promise: "An end is told if and only if it was written.",
    file: "kernel/saga/src/SagaStoreMemory.ts",
    find: 'if ("events" in transition.change && hasEnded)',
    replace: 'if ("events" in transition.change)'
  }
]
