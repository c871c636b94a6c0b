import { join } from "node:path"
import { loadConfiguration } from "@valerix/app/src/Configuration.ts"
import { layerChecks, topologyOptions } from "@valerix/app/src/Topology.ts"
import { ConfigProvider, Effect, Fiber } from "effect"
import { CampaignFailed } from "./CampaignFailed.ts"
import type { Cycle } from "./Cycle.ts"
import { checkAtRest, type Rest } from "./checks/AtRest.ts"
import { watchPromises } from "./checks/Watch.ts"
import type { Folder } from "./Folder.ts"
import { armingOf, faults, type Stage, type Struck } from "./faults/index.ts"
import { type Chapter, chapterOf } from "./load/Chapter.ts"
import { openJournal } from "./load/Journal.ts"
import { makeLoad } from "./load/Load.ts"
import { againOf, type FaultName, type PlannedKill, planOf } from "./Plan.ts"
import type { Program } from "./Program.ts"
import { makePrograms, untilItServes } from "./Programs.ts"
import { areEqual, type Conditions, conditionsFor, USUAL } from "./program/Conditions.ts"
import { operationOf } from "./program/Operations.ts"
import { SHORT_SETTINGS } from "./program/ShortLeases.ts"
import { type Recovery, watchRecovery } from "./Recovery.ts"
import { mountDisk } from "./server/Disk.ts"
import { startServer } from "./server/Server.ts"
import { openQueues } from "./server/Unfinished.ts"

/** What a campaign tells while it runs. */
export interface Reporter {
  readonly cycle: (cycle: Cycle) => void
  readonly resting: () => void
}

export interface CampaignEnd extends Rest {
  readonly organizations: number
}

/**
 * Kills the program, and what it stands on, as planned, while customers order; checks all promises at the end. What it
 * does next is in the folder, so it can be interrupted and resumed. Fails with what is broken.
 */
export const runCampaign = Effect.fnUntraced(function* (folder: Folder, reporter: Reporter, compileCache: string) {
  const { settings } = folder
  const disk = yield* mountDisk(settings.disk)
  const server = yield* startServer(join(settings.disk, "home"))
  const journal = yield* openJournal(folder.journalFile())
  const queues = yield* openQueues(server)
  const programs = yield* makePrograms(folder, server, compileCache)
  const door = { url: "" }
  const load = makeLoad({ seed: settings.seed, run: settings.run, door, journal })
  let chapter: Chapter | undefined
  let conditions: Conditions = USUAL
  let looks = 0

  const makeCurrent = (program: Program): Program => {
    door.url = program.url
    return program
  }
  // The first leaves to the others what it has compiled.
  const first = yield* programs.start(USUAL)
  yield* untilItServes(first)
  yield* first.stop
  let current = makeCurrent(yield* programs.start(conditions))

  const stage: Stage = {
    server,
    disk,
    queues,
    current: () => current,
    conditions: () => conditions,
    chapter: () => chapter ?? chapterOf(1),
    startAnother: programs.start,
    untilItServes,
    makeCurrent: (program) => {
      current = makeCurrent(program)
    }
  }

  /** Starts the program again for what comes next, unless it lives and is fit for it. */
  const prepareFor = Effect.fnUntraced(function* (next: PlannedKill | undefined) {
    const wanted = conditionsOf(next)
    const isStriking = next?.isDuringRecovery === true && next.fault === "kill at a boundary"
    if (!current.hasEnded()) {
      if (areEqual(wanted, conditions)) return
      // One that has only just been started does not listen to signals yet.
      yield* untilItServes(current)
      const ending = yield* current.stop
      if (ending.code !== 0) {
        return yield* new CampaignFailed({
          findings: [`the program was asked to stop and did not; see ${current.log}`]
        })
      }
    }
    conditions = wanted
    current = makeCurrent(yield* programs.start(wanted, isStriking ? armingOf(next) : undefined))
  })

  const runCycle = Effect.fnUntraced(function* (planned: PlannedKill, next: PlannedKill | undefined) {
    const begunMs = performance.now()
    const wanted = chapterOf(planned.number)
    // A program that was armed as it was started may be gone before the products are there.
    if (wanted.number !== chapter?.number && !current.isArmed()) {
      yield* Effect.promise(() => load.open(wanted))
      chapter = wanted
    }
    const struck = yield* faults[planned.fault](stage, planned)
    const isGone = current.hasEnded()
    if (isGone && !KILLS_THE_PROGRAM.has(planned.fault)) yield* diesByItself(current)
    if (isGone) yield* prepareFor(next)
    const sinceMs = isGone ? current.startedAtMs : struck.sinceMs
    const isNextAtOnce = isGone && next?.isDuringRecovery === true
    const recovering = watchRecovery({
      load,
      queues,
      old: struck.old,
      sinceMs,
      name: `${planned.number}.${settings.run}`
    }).pipe(
      Effect.raceFirst(diesByItself(current)),
      Effect.zipWith(struck.alongside ?? Effect.void, (recovery) => recovery, { concurrent: true })
    )
    const recovery = isNextAtOnce ? undefined : yield* recovering
    if (struck.afterwards !== undefined) yield* struck.afterwards
    const parked = yield* Effect.catchDefect(queues.parked, () => Effect.succeed([]))
    if (parked.length > 0) return yield* new CampaignFailed({ findings: [`orders were parked: ${parked.join(", ")}`] })
    if (!isNextAtOnce) yield* prepareFor(next)
    const cycle = { ...cycleOf(planned, struck, recovery), tookMs: Math.round(performance.now() - begunMs), looks }
    looks = 0
    folder.keep(cycle)
    reporter.cycle(cycle)
    return cycle
  })

  const runAll = Effect.gen(function* () {
    const plan = planOf(settings.seed, settings.kills)
    const plannedAt = (number: number) => [...plan, ...againOf(plan, folder.cycles())][number - 1]
    let planned = plannedAt(folder.cycles().length + 1)
    yield* prepareFor(planned)
    while (planned !== undefined) {
      // What was not reached is known only now.
      if (planned.number > settings.kills) yield* prepareFor(planned)
      yield* runCycle(planned, plannedAt(planned.number + 1))
      planned = plannedAt(planned.number + 1)
    }
  })

  const configuration = yield* loadConfiguration.pipe(
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(SHORT_SETTINGS)))
  )
  const options = topologyOptions(configuration)
  const watching = watchPromises(
    () => chapter,
    () => {
      looks += 1
    }
  ).pipe(Effect.provide(layerChecks(server.databases, options)))

  const ordering = yield* Effect.forkScoped(load.run)
  yield* Effect.raceFirst(runAll, Effect.raceFirst(watching, Effect.andThen(Fiber.join(ordering), Effect.never)))
  load.close()
  yield* Fiber.join(ordering)
  reporter.resting()
  const rest = yield* checkAtRest({ server, queues, program: current, seed: settings.seed, promised: journal.all() })
  const organizations = new Set(journal.all().map(({ organization }) => organization)).size
  const end: CampaignEnd = { ...rest, organizations }
  return end
})

const KILLS_THE_PROGRAM: ReadonlySet<FaultName> = new Set(["kill at a boundary", "kill at any moment"])

const conditionsOf = (planned: PlannedKill | undefined): Conditions => {
  if (planned?.fault === "reset connections") return { ...USUAL, throughProxy: true }
  return planned?.boundary === undefined ? USUAL : conditionsFor(operationOf(planned.boundary))
}

const diesByItself = (program: Program): Effect.Effect<never, CampaignFailed> =>
  Effect.flatMap(
    Effect.promise(() => program.gone),
    ({ code, signal }) =>
      new CampaignFailed({ findings: [`the program ended by itself (${signal ?? code}); see ${program.log}`] })
  )

const cycleOf = (
  { boundary, fault, number }: PlannedKill,
  { old, outcome }: Struck,
  recovery: Recovery | undefined
): Omit<Cycle, "tookMs" | "looks"> => ({
  number,
  fault,
  boundary: boundary ?? null,
  outcome,
  delayed: old.orders.length,
  unanswered: old.authorizations.length,
  firstOrderMs: recovery === undefined ? null : Math.round(recovery.firstOrderMs),
  lastOldOrderMs: recovery === undefined ? null : Math.round(recovery.lastOldOrderMs)
})
