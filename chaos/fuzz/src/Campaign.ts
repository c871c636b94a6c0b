import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { Contract } from "@valerix/testing/contract"
import { Effect, Schema } from "effect"
import fc from "fast-check"
import { type Database, openDatabase } from "./database/Database.ts"
import { type Finding, Findings } from "./Findings.ts"
import { growthIn, type Sample } from "./Flatness.ts"
import { inTurns } from "./InTurns.ts"
import { judgeOf } from "./judge/index.ts"
import type { Broken, Judged } from "./judge/Judged.ts"
import type { KeptRequest } from "./Kept.ts"
import { changed, type Plan, Plans, planOfKept } from "./Plan.ts"
import { type Program, runCommand, startProgram } from "./program/Program.ts"
import type { Range } from "./Range.ts"
import { asCommand } from "./request/Curl.ts"
import { rendered } from "./request/Rendered.ts"
import { shown } from "./wire/Answer.ts"
import { Client } from "./wire/Client.ts"
import { parsedJson } from "./wire/ParsedJson.ts"
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

const BATCH = 48
const PROPER_ORDERS_PER_BATCH = 2
const ROUNDS_MAX = 3
const ANSWERED_WITHIN_MS = 2_000
const WAITING_MAX = 24
const SAMPLES = 48
const SAMPLED_EVERY_MIN = 192
const SHRINK_LIMIT_MS = 20_000
const ERRORS_TOLD_MAX = 20
const REST_LOOKS = 50
const REST_LOOK_EVERY_MS = 100

const decodeObject = Schema.decodeUnknownSync(Schema.Record(Schema.String, Schema.Unknown))

/** Starts the program, sends it the requests of a seed, judges every answer, and looks at what is left at the end. */
export const runCampaign = Effect.fnUntraced(function* (options: CampaignOptions) {
  const home = join(options.folder, "home")
  mkdirSync(home, { recursive: true })
  const program = yield* startProgram(home)
  const database = yield* openDatabase(home)
  const campaign = new Campaign(options, program, database)
  yield* Effect.promise(() => campaign.run())
  return yield* Effect.promise(() => campaign.end(home))
})

class Campaign {
  private readonly options: CampaignOptions
  private readonly program: Program
  private readonly database: Database
  private readonly world = new World()
  private readonly findings: Findings
  private readonly samples: Array<Sample> = []
  private readonly statuses = new Map<string, number>()
  private readonly waiting = new Set<Promise<void>>()
  private readonly honest: HonestCustomers
  private readonly client: Client
  private books = new Books({ orders: 0, products: 0, movements: 0 })
  private transaction = 0n
  private attempts = 0
  private errorsTold = 0

  constructor(options: CampaignOptions, program: Program, database: Database) {
    this.options = options
    this.program = program
    this.database = database
    this.findings = new Findings(options.onFinding ?? (() => undefined))
    this.honest = new HonestCustomers(program.url)
    this.client = new Client(program.url)
  }

  async run(): Promise<void> {
    const description = await (await fetch(`${this.program.url}/openapi.json`)).json()
    const contract = new Contract(decodeObject(description))
    const judge = judgeOf(contract, this.world)
    await openShops(this.program.url, this.world)
    this.books = new Books(await this.database.counts())
    const { kept = [] } = this.options
    await this.calmly(
      judge,
      kept.map((one) => ({ plans: new Plans(contract, 0, undefined), number: 0, plan: planOfKept(contract, one) }))
    )
    await this.look()
    const all = this.options.ranges.flatMap(({ from, only, requests, seed }) => {
      const plans = new Plans(contract, seed, only)
      return Array.from({ length: requests }, (_, at) => ({ plans, number: from + at }))
    })
    const sampledEvery = Math.max(SAMPLED_EVERY_MIN, Math.ceil(all.length / SAMPLES))
    let sampledAt = 0
    for (let first = 0; first < all.length; first += BATCH) {
      if (this.program.hasEnded()) {
        this.tell({ rule: "no crash", why: `the program ended by itself: ${this.program.complaints()}` })
        return
      }
      const some = all.slice(first, first + BATCH)
      await this.batch(judge, some)
      const done = first + some.length
      if (first - sampledAt >= sampledEvery) {
        sampledAt = first
        const memory = await this.program.memory()
        if (memory !== undefined) this.samples.push({ requests: done, memory })
      }
      this.options.onProgress?.(done)
    }
    await Promise.all(this.waiting)
  }

  /** Those that come whole are sent first, and looked at; then those that disturb each other, with proper orders in between. */
  private async batch(judge: Judge, some: ReadonlyArray<Pick<Planned, "plans" | "number">>): Promise<void> {
    const planned = some.map(({ number, plans }) => ({ plans, number, plan: plans.at(number) }))
    const isCalm = ({ plan }: Planned): boolean => {
      const { delivery, wire } = changed(plan).draft
      return delivery.type === "whole" && wire === undefined
    }
    await this.calmly(judge, planned.filter(isCalm))
    const together = planned.filter((one) => !isCalm(one)).map((one) => () => this.beside(judge, one))
    const proper = Array.from({ length: PROPER_ORDERS_PER_BATCH }, () => () => this.properOrder())
    await Promise.all([...together, ...proper].map((run) => run()))
    await this.look()
  }

  private async properOrder(): Promise<void> {
    const wrong = await this.honest.order()
    if (wrong.length === 0) this.books.enter("orders")
    for (const why of wrong) this.tell({ rule: "proper orders are executed", why })
  }

  /**
   * Sends some at once. What was refused is sent again, as it was, when all that the others have begun has come to its end:
   * then nothing may be written any more, and where something is, they are sent one by one.
   */
  private async calmly(judge: Judge, planned: ReadonlyArray<Planned>): Promise<void> {
    const first = await inTurns(planned, async (one) => this.judged(judge, one, await this.exchange(one, true)))
    for (const sent of first) await this.report(judge, sent)
    let refused = first.filter(({ judged }) => !mayHaveWritten(judged))
    for (let round = 0; round < ROUNDS_MAX && refused.length > 0; round++) {
      await this.settle()
      const again = await inTurns(refused, async (one) => this.judged(judge, one.planned, await this.again(one)))
      for (const sent of again) await this.report(judge, sent)
      const stillRefused = again.filter(({ judged }) => !mayHaveWritten(judged))
      if (stillRefused.length === again.length) {
        if ((await this.writtenSinceTheLastLook()).length > 0) await this.oneByOne(refused)
        return
      }
      refused = stillRefused
    }
  }

  private async oneByOne(refused: ReadonlyArray<Sent>): Promise<void> {
    for (const sent of refused) {
      await this.settle()
      const { exchange } = await this.again(sent)
      const judged = { ...sent.judged, exchange }
      const tables = mayHaveWritten(judged) ? [] : await this.writtenSinceTheLastLook()
      if (tables.length === 0) continue
      const broken = { rule: "a refused request writes nothing", why: `it wrote to ${tables.join(", ")}` }
      if (this.findings.isNew(broken, operationOf(judged)))
        this.addFinding(broken, { ...sent, judged, broken: [broken] })
    }
  }

  /** The tables that were written to, as far as nothing else is under way. */
  private async writtenSinceTheLastLook(): Promise<ReadonlyArray<string>> {
    const before = this.transaction
    this.transaction = await this.database.nextTransaction()
    return this.transaction === before ? [] : this.database.changedSince(before)
  }

  /** Looks at everything that has to be true between the batches. */
  private async look(): Promise<void> {
    for (const why of await this.settle()) this.tell({ rule: "everything comes to an end", why })
    for (const why of this.books.close(await this.database.counts())) this.tell({ rule: "the books", why })
    for (const why of await this.honest.executed(this.database)) this.tell({ rule: "proper orders are executed", why })
    const { errors, wrong } = this.program.log
    for (const line of wrong.splice(0)) this.tell({ rule: "a log line stays one line", why: JSON.stringify(line) })
    for (const line of errors.splice(0)) {
      this.errorsTold += 1
      if (this.errorsTold <= ERRORS_TOLD_MAX) this.tell({ rule: "no error in the log", why: line })
    }
  }

  private async settle(): Promise<ReadonlyArray<string>> {
    const left = await this.database.settled()
    this.transaction = await this.database.nextTransaction()
    return left
  }

  /** Adds what is new of what a request broke, with the least request that breaks it too. */
  private async report(judge: Judge, sent: Sent): Promise<void> {
    const some = sent.broken.filter((one) => this.findings.isNew(one, operationOf(sent.judged)))
    for (const broken of some) this.addFinding(broken, await this.shrunk(judge, broken, sent))
  }

  /** Sends a request beside others; one that never ends is not waited for. */
  private async beside(judge: Judge, planned: Planned): Promise<void> {
    const sending = this.exchange(planned, false).then((exchanged) => {
      const sent = this.judged(judge, planned, exchanged)
      for (const broken of sent.broken) {
        if (this.findings.isNew(broken, operationOf(sent.judged))) this.addFinding(broken, sent)
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

  private async exchange({ number, plan, plans }: Planned, isCalm: boolean): Promise<Exchanged> {
    this.attempts += 1
    const key = `fuzz-${plans.seed}-${number}-${this.attempts}`
    const request = rendered(changed(plan).draft, this.world, key, new URL(this.program.url).host)
    return { request, isCalm, exchange: await this.client.send(request, !isCalm) }
  }

  private async again({ judged: { isCalm, request } }: Sent): Promise<Exchanged> {
    return { request, isCalm, exchange: await this.client.send(request, !isCalm) }
  }

  private judged(judge: Judge, planned: Planned, exchanged: Exchanged): Sent {
    const { draft, names } = changed(planned.plan)
    const judged: Judged = { draft, isUnchanged: names.length === 0, ...exchanged }
    this.learn(judged)
    this.books.keep(judged)
    return { planned, judged, names, broken: judge(judged) }
  }

  private learn({ exchange, request }: Judged): void {
    const caller = this.world.callerOf(request)
    for (const answer of exchange.answers) {
      const group = `${Math.floor(answer.status / 100)}xx`
      this.statuses.set(group, (this.statuses.get(group) ?? 0) + 1)
      if (answer.status < 300 && caller !== undefined && request.target.startsWith("/api/")) {
        this.world.learn(caller, parsedJson(answer.body), request.target.split("?")[0] ?? "")
      }
    }
    if (exchange.answers.length === 0) this.statuses.set("none", (this.statuses.get("none") ?? 0) + 1)
  }

  /** The least request of the same kind that breaks the same rule. */
  private async shrunk(judge: Judge, broken: Broken, first: Sent): Promise<Sent> {
    let least = first
    const { number, plans } = first.planned
    const property = fc.asyncProperty(plans.arbitraryAt(number), async (plan) => {
      const { draft } = changed(plan)
      if (draft.delivery.type !== "whole" || draft.wire !== undefined) return true
      const planned = { plans, number, plan }
      const sent = this.judged(judge, planned, await this.exchange(planned, true))
      if (!sent.broken.some(({ rule }) => rule === broken.rule)) return true
      least = sent
      return false
    })
    await fc.check(property, { seed: plans.seedOf(number), numRuns: 1, interruptAfterTimeLimit: SHRINK_LIMIT_MS })
    return least
  }

  private addFinding(broken: Broken, { broken: all, judged, names, planned }: Sent): void {
    const why = all.find(({ rule }) => rule === broken.rule)?.why ?? broken.why
    this.findings.add({
      rule: broken.rule,
      why,
      operation: operationOf(judged),
      seed: planned.plans.seed,
      request: planned.number,
      only: planned.plans.only,
      changes: names,
      command: asCommand(this.program.url, judged.request),
      answer: shown(judged.exchange)
    })
  }

  private tell({ rule, why }: Broken): void {
    if (!this.findings.isNew({ rule, why }, "")) return
    this.findings.add({
      rule,
      why,
      operation: "",
      seed: undefined,
      request: undefined,
      only: undefined,
      changes: [],
      command: "",
      answer: ""
    })
  }

  /** Looks at what is left when nothing is asked any more, stops the program, and checks every promise. */
  async end(home: string): Promise<CampaignEnd> {
    this.client.close()
    if (!this.program.hasEnded()) {
      await this.look()
      for (const why of await this.openAtRest()) this.tell({ rule: "nothing is left open", why })
      for (const why of growthIn(this.samples)) this.tell({ rule: "memory is flat", why })
    }
    const verify = await runCommand(home, ["verify"])
    if (verify.code !== 0) this.tell({ rule: "verify is clean", why: verify.output })
    const ending = await this.program.stop()
    if (ending.code !== 0) this.tell({ rule: "it stops when it is asked to", why: JSON.stringify(ending) })
    const complaints = this.program.complaints()
    if (complaints !== "") this.tell({ rule: "nothing beside the log", why: complaints })
    return {
      findings: this.findings,
      samples: this.samples,
      statuses: this.statuses,
      properOrders: this.honest.ordered,
      logLines: this.program.log.count,
      verified: verify.output.trim()
    }
  }

  /** Connections and transactions that stay although nobody needs them any more. */
  private async openAtRest(): Promise<ReadonlyArray<string>> {
    let open: ReadonlyArray<string> = []
    for (let look = 0; look < REST_LOOKS; look++) {
      const memory = await this.program.memory()
      const sockets = memory?.sockets ?? 0
      const limit = DATABASE_SOCKETS_MAX
      open = [
        ...(await this.database.leftOpen()),
        ...(sockets > limit ? [`${sockets} connections; the databases have ${limit} at most`] : [])
      ]
      if (open.length === 0) return open
      await new Promise((resolve) => setTimeout(resolve, REST_LOOK_EVERY_MS))
    }
    return open
  }
}

/** The program's own connections go through sockets of files; one of HTTP may be kept by whoever looked last. */
const DATABASE_SOCKETS_MAX = 2

type Judge = ReturnType<typeof judgeOf>

interface Planned {
  readonly plans: Plans
  readonly number: number
  readonly plan: Plan
}

type Exchanged = Pick<Judged, "request" | "exchange" | "isCalm">

interface Sent {
  readonly planned: Planned
  readonly judged: Judged
  readonly names: ReadonlyArray<string>
  readonly broken: ReadonlyArray<Broken>
}

const operationOf = ({ draft }: Judged): string => `${draft.operation.method} ${draft.operation.path}`
