import { SagaOperationsMemory } from "@valerix/checkout/memory"
import { makeCluster } from "./cluster/Cluster.ts"
import { plantDisasters } from "./cluster/Disasters.ts"
import { type Answers, goShopping } from "./customers/Customer.ts"
import { choosePlan } from "./customers/Plan.ts"
import { operate } from "./operators/Operator.ts"
import { chooseInterventions } from "./operators/OperatorPlan.ts"
import { findBrokenPromises } from "./promises/index.ts"
import { isAtRest } from "./promises/Rest.ts"
import type { Choice } from "./world/Choices.ts"
import { SimulatedProcess } from "./world/SimulatedProcess.ts"
import { type Happening, World } from "./world/World.ts"

/** Longer than any message is on its way. */
const LATE_MS = 120_000

const START_MS = Date.UTC(2026, 0, 1)

/**
 * Once the trouble is over, everything is at rest after this long: the longest delay between attempts and its jitter for
 * an attempt that was under way, as long again for what turned back by it, the sweep's retry, leases, and an outage that
 * had begun before.
 */
const REST_WITHIN_MS = 400_000

/** What a simulated world came to. */
export interface Outcome {
  readonly seed: number
  /** What does not hold; empty when all is as it was promised. */
  readonly broken: ReadonlyArray<string>
  readonly choices: ReadonlyArray<Choice>
  readonly happenings: ReadonlyArray<Happening>
  readonly orders: number
}

export interface SimulationOptions {
  readonly seed: number
  readonly muted?: ReadonlySet<string>
  readonly isRecording?: boolean
}

/** Runs the world of a seed to its end: orders under trouble, then quiet until everything rests, then every promise. */
export const simulate = (options: SimulationOptions): Outcome => {
  const world = new World({ ...options, startMs: START_MS })
  const plan = choosePlan(world)
  const cluster = makeCluster(world, plan)
  const answers: Answers = { accepted: [], cancelled: [] }
  for (const row of plan.stock) {
    const { onHand, ...product } = row
    cluster.inventory.reservations.put({ ...product, locationId: "MAIN", onHand, reserved: 0 })
  }
  for (const host of cluster.hosts) host.start()
  plantDisasters(world, cluster.hosts, cluster.trouble)
  operate(
    { world, ...cluster, operations: new SagaOperationsMemory(cluster.ledger), trouble: cluster.trouble.database },
    chooseInterventions(world),
    [...new Set(plan.stock.map(({ organizationId }) => organizationId))],
    cluster.trouble.durationMs
  )
  let shopping = plan.customers.length
  const customers = new SimulatedProcess("customers", world.time)
  for (const one of plan.customers) {
    const surroundings = { world, from: customers, edges: cluster.edges, trouble: cluster.trouble.service, answers }
    customers.run(goShopping(surroundings, one), () => {
      shopping -= 1
    })
  }

  const troubleEndsMs = START_MS + cluster.trouble.durationMs
  while (world.time.step(troubleEndsMs)) {}
  world.endTrouble()
  for (const host of cluster.hosts) host.resume()
  const restsBeforeMs = troubleEndsMs + REST_WITHIN_MS
  const isQuiet = () => shopping === 0 && world.arriving === 0 && isAtRest(cluster)
  while (!isQuiet() && world.time.step(restsBeforeMs)) {}
  // What is still on its way arrives, and changes nothing any more.
  for (const role of cluster.roles) role.halt()
  const settledMs = world.time.nowMs + LATE_MS
  while (world.time.step(settledMs)) {}
  return {
    seed: options.seed,
    broken: findBrokenPromises(cluster, plan, answers),
    choices: world.choices.taken,
    happenings: world.happenings,
    orders: cluster.ledger.entries.size
  }
}
