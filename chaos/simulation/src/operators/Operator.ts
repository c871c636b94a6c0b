import { OperateSagas, type SagaAction, SagaOperations, type SagaOperationsMemory } from "@valerix/checkout/memory"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Context, Effect, Layer } from "effect"
import { databaseLine } from "../cluster/DatabaseLine.ts"
import type { WakeUps } from "../cluster/WakeUps.ts"
import type { MessageTrouble } from "../world/Network.ts"
import { SimulatedProcess } from "../world/SimulatedProcess.ts"
import type { World } from "../world/World.ts"
import type { PlannedIntervention } from "./OperatorPlan.ts"

const REASON = "the operator's whim"
/** What was parked meanwhile, by a message that came late, is found the next time. */
const AGAIN_AFTER_MS = 5_000
const TIMES = 3
const ORDERS_MAX = 100

export interface OperatorSurroundings {
  readonly world: World
  readonly operations: SagaOperationsMemory
  readonly ledgerDatabase: SimulatedProcess
  readonly wakeUps: WakeUps
  readonly trouble: MessageTrouble
}

/**
 * Somebody who takes orders in hand as it was planned, at whatever they are doing; and somebody else who, when the trouble
 * is over, resumes those that wait because of it.
 */
export const operate = (
  surroundings: OperatorSurroundings,
  interventions: ReadonlyArray<PlannedIntervention>,
  organizations: ReadonlyArray<OrganizationId>,
  troubleMs: number
): void => {
  const last = interventions.at(-1)
  if (last === undefined) return
  const resumes = act(surroundings.world, organizations, "resume", REASON).pipe(
    Effect.delay(AGAIN_AFTER_MS),
    Effect.repeat({ times: TIMES })
  )
  atDesk(surroundings, "operator", meddle(surroundings.world, interventions, organizations))
  atDesk(surroundings, "second operator", Effect.delay(resumes, Math.max(troubleMs, last.afterMs)))
}

const meddle = Effect.fnUntraced(function* (
  world: World,
  interventions: ReadonlyArray<PlannedIntervention>,
  organizations: ReadonlyArray<OrganizationId>
) {
  let nowMs = 0
  for (const { action, afterMs } of interventions) {
    yield* Effect.sleep(afterMs - nowMs)
    nowMs = afterMs
    yield* Effect.catchCause(act(world, organizations, action), () => Effect.void)
  }
})

const act = Effect.fnUntraced(function* (
  world: World,
  organizations: ReadonlyArray<OrganizationId>,
  action: SagaAction,
  text?: string
) {
  const { many } = yield* OperateSagas
  for (const organizationId of organizations) {
    const sagas = { filter: { text }, after: undefined, limit: ORDERS_MAX }
    const order = { action, reason: REASON, isDryRun: false }
    const { applied } = yield* many({ organizationId, principal: "operator" }, sagas, order)
    world.tell("an operator", () => `${action}: ${applied.length} orders`)
  }
})

const atDesk = (
  { ledgerDatabase, operations: { operations }, trouble, wakeUps, world }: OperatorSurroundings,
  who: string,
  work: Effect.Effect<void, never, OperateSagas>
): void => {
  const desk = new SimulatedProcess(who, world.time)
  const call = databaseLine(world, desk, ledgerDatabase, trouble)
  const atADistance = Context.make(SagaOperations, {
    ...operations,
    select: (...given) => call("select sagas", operations.select(...given)),
    intervene: (...given) => call("intervene", operations.intervene(...given))
  })
  const surroundings = Layer.succeedContext(Context.merge(atADistance, wakeUps.hintsFor(desk, false)))
  desk.run(Effect.provide(work, OperateSagas.layer.pipe(Layer.provide(surroundings))))
}
