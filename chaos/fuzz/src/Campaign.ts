import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { Contract } from "@valerix/testing/contract"
import { Effect, Schema } from "effect"
import { Conversation, isCalmly } from "./Conversation.ts"
import { openDatabase } from "./database/Database.ts"
import { type Finding, Findings } from "./Findings.ts"
import { growthIn, REQUESTS_MIN, type Sample } from "./Flatness.ts"
import { inTurns } from "./InTurns.ts"
import type { KeptRequest } from "./Kept.ts"
import { changed, Plans, planOfKept } from "./Plan.ts"
import { type Program, runCommand, startProgram } from "./program/Program.ts"
import type { Range } from "./Range.ts"
import { operationOf, type Planned, type Sent } from "./Sent.ts"
import { Watch } from "./Watch.ts"
import { Books, mayHaveWritten } from "./world/Books.ts"
import { HonestCustomers, openShops } from "./world/Shop.ts"
import { World } from "./world/World.ts"

export interface CampaignOptions {
  readonly ranges: ReadonlyArray<Range>
  /** Requests that are sent before those of the ranges. */
  readonly kept?: ReadonlyArray<KeptRequest>
  /** A folder of its own, which may be gone afterwards. */
  readonly folder: string
  readonly onFinding?: (finding: Finding) => void
  readonly onProgress?: (done: number) => void
}

export interface CampaignEnd {
  readonly findings: Findings
  readonly samples: ReadonlyArray<Sample>
  readonly statuses: ReadonlyMap<string, number>
  readonly properOrders: number
  readonly logLines: number
  /** What `valerix verify` said. */
  readonly verified: string
}

/** After each batch all that it began is waited for. */
const BATCH = 192
const PROPER_ORDERS_PER_BATCH = 8
const ROUNDS_MAX = 3
const ANSWERED_WITHIN_MS = 2_000
const WAITING_MAX = 24
const SAMPLES = 48

const decodeObject = Schema.decodeUnknownSync(Schema.Record(Schema.String, Schema.Unknown))

/** Starts the program, sends it the requests of a seed, judges every answer, and looks at what is left at the end. */
export const runCampaign = Effect.fnUntraced(function* (options: CampaignOptions) {
  const home = join(options.folder, "home")
  mkdirSync(home, { recursive: true })
  const program = yield* startProgram(home)
  const database = yield* openDatabase(home)
  return yield* Effect.promise(async (): Promise<CampaignEnd> => {
    const contract = new Contract(decodeObject(await (await fetch(`${program.url}/openapi.json`)).json()))
    const world = new World()
    await openShops(program.url, world)
    const books = new Books(await database.counts())
    const honest = new HonestCustomers(program.url)
    const conversation = new Conversation(program.url, contract, world, books)
    const watch = new Watch(program, database, books, honest)
    const findings = new Findings(program.url, options.onFinding ?? (() => undefined))
    const campaign = new Campaign(program, conversation, watch, honest, books, findings)
    await campaign.run(contract, options)
    await campaign.end()
    const verified = await runCommand(home, ["verify"])
    if (verified.code !== 0) findings.tell({ rule: "verify is clean", why: verified.output })
    await stopped(program, findings)
    return {
      findings,
      samples: campaign.samples,
      statuses: conversation.statuses,
      properOrders: honest.ordered,
      logLines: program.log.count,
      verified: verified.output.trim()
    }
  })
})

const stopped = async (program: Program, findings: Findings): Promise<void> => {
  const ending = await program.stop()
  if (ending.code !== 0) findings.tell({ rule: "it stops when it is asked to", why: JSON.stringify(ending) })
  const complaints = program.complaints()
  if (complaints !== "") findings.tell({ rule: "nothing beside the log", why: complaints })
}

class Campaign {
  readonly samples: Array<Sample> = []
  private readonly program: Program
  private readonly conversation: Conversation
  private readonly watch: Watch
  private readonly honest: HonestCustomers
  private readonly books: Books
  private readonly findings: Findings
  private readonly waiting = new Set<Promise<void>>()

  constructor(
    program: Program,
    conversation: Conversation,
    watch: Watch,
    honest: HonestCustomers,
    books: Books,
    findings: Findings
  ) {
    this.program = program
    this.conversation = conversation
    this.watch = watch
    this.honest = honest
    this.books = books
    this.findings = findings
  }

  async run(contract: Contract, { kept = [], onProgress, ranges }: CampaignOptions): Promise<void> {
    const known = new Plans(contract, 0, undefined)
    await this.calmly(kept.map((one) => ({ plans: known, number: 0, plan: planOfKept(contract, one) })))
    await this.look()
    const all = ranges.flatMap(({ from, only, requests, seed }) => {
      const plans = new Plans(contract, seed, only)
      return Array.from({ length: requests }, (_, at) => ({ plans, number: from + at }))
    })
    // Whether memory is flat is not said of few requests, and every look at it costs whole collections.
    const sampledEvery = all.length < REQUESTS_MIN ? all.length : Math.ceil(all.length / SAMPLES)
    let sampledAt = 0
    for (let first = 0; first < all.length; first += BATCH) {
      if (this.program.hasEnded()) {
        this.findings.tell({ rule: "no crash", why: `the program ended by itself: ${this.program.complaints()}` })
        return
      }
      const some = all.slice(first, first + BATCH)
      await this.batch(some.map(({ number, plans }) => ({ plans, number, plan: plans.at(number) })))
      const done = first + some.length
      if (done - sampledAt >= sampledEvery) {
        sampledAt = done
        const memory = await this.program.memory()
        if (memory !== undefined) this.samples.push({ requests: done, memory })
      }
      onProgress?.(done)
    }
    await Promise.all(this.waiting)
  }

  /** Looks at what is left when nothing is asked any more. */
  async end(): Promise<void> {
    this.conversation.close()
    if (this.program.hasEnded()) return
    await this.look()
    for (const broken of await this.watch.openAtRest()) this.findings.tell(broken)
    for (const why of growthIn(this.samples)) this.findings.tell({ rule: "memory is flat", why })
  }

  /** Those that come whole are sent first, and looked at; then those that disturb each other, with proper orders in between. */
  private async batch(planned: ReadonlyArray<Planned>): Promise<void> {
    await this.calmly(planned.filter(isCalmly))
    const together = planned.filter((one) => !isCalmly(one)).map((one) => () => this.beside(one))
    const proper = Array.from({ length: PROPER_ORDERS_PER_BATCH }, () => () => this.properOrder())
    await Promise.all([...together, ...proper].map((run) => run()))
    await this.look()
  }

  private async properOrder(): Promise<void> {
    const wrong = await this.honest.order()
    if (wrong.length === 0) this.books.enter("orders")
    for (const why of wrong) this.findings.tell({ rule: "proper orders are executed", why })
  }

  /**
   * Sends some at once. What was refused is sent again, as it was, when all that the others have begun has come to its end:
   * then nothing may be written any more, and where something is, they are sent one by one.
   */
  private async calmly(planned: ReadonlyArray<Planned>): Promise<void> {
    const first = await inTurns(planned, (one) => this.conversation.send(one, true))
    for (const sent of first) await this.report(sent)
    let refused = first.filter(({ judged }) => !mayHaveWritten(judged))
    for (let round = 0; round < ROUNDS_MAX && refused.length > 0; round++) {
      await this.watch.settle()
      const again = await inTurns(refused, (one) => this.conversation.again(one))
      for (const sent of again) await this.report(sent)
      const stillRefused = again.filter(({ judged }) => !mayHaveWritten(judged))
      if (stillRefused.length === again.length) {
        if ((await this.watch.writtenSinceSettled()).length > 0) await this.oneByOne(refused)
        return
      }
      refused = stillRefused
    }
  }

  private async oneByOne(refused: ReadonlyArray<Sent>): Promise<void> {
    for (const before of refused) {
      await this.watch.settle()
      const sent = await this.conversation.again(before)
      const tables = mayHaveWritten(sent.judged) ? [] : await this.watch.writtenSinceSettled()
      if (tables.length === 0) continue
      const broken = { rule: "a refused request writes nothing", why: `it wrote to ${tables.join(", ")}` }
      if (this.findings.isNew(broken, operationOf(sent.judged))) this.findings.add(broken, sent)
    }
  }

  /** Looks at everything that has to be true between the batches. */
  private async look(): Promise<void> {
    for (const broken of await this.watch.look()) this.findings.tell(broken)
  }

  /** Adds what is new of what a request broke, with the least request that breaks it too. */
  private async report(sent: Sent): Promise<void> {
    const some = sent.broken.filter((one) => this.findings.isNew(one, operationOf(sent.judged)))
    for (const broken of some) this.findings.add(broken, await this.conversation.shrunk(broken, sent))
  }

  /** Sends a request beside others; one that never ends is not waited for. */
  private async beside(planned: Planned): Promise<void> {
    const sending = this.conversation.send(planned, false).then((sent) => {
      for (const broken of sent.broken) {
        if (this.findings.isNew(broken, operationOf(sent.judged))) this.findings.add(broken, sent)
      }
    })
    const { delivery } = changed(planned.plan).draft
    if (delivery.type !== "stops" || delivery.lastly !== "wait") return sending
    const waiting = sending.finally(() => this.waiting.delete(waiting))
    this.waiting.add(waiting)
    // What is answered after all may have done something.
    await Promise.race([waiting, pause(ANSWERED_WITHIN_MS, undefined, { ref: false })])
    if (this.waiting.size > WAITING_MAX) await Promise.race(this.waiting)
  }
}
