import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { Contract } from "@valerix/testing/contract"
import { Effect, Schema } from "effect"
import fc from "fast-check"
import { type Database, openDatabase } from "./database/Database.ts"
import { type Finding, Findings } from "./Findings.ts"
import { growthIn, type Sample } from "./Flatness.ts"
import { judgeOf } from "./judge/index.ts"
import type { Broken, Judged } from "./judge/Judged.ts"
import { changed, type Plan, Plans } from "./Plan.ts"
import { type Program, runCommand, startProgram } from "./program/Program.ts"
import { asCommand } from "./request/Curl.ts"
import { rendered } from "./request/Rendered.ts"
import type { Exchange } from "./wire/Answer.ts"
import { Client } from "./wire/Client.ts"
import { Books, mayHaveWritten } from "./world/Books.ts"
import { HonestCustomers, openShops } from "./world/Shop.ts"
import { World } from "./world/World.ts"

export interface CampaignOptions {
  readonly seed: number
  readonly requests: number
  /** The first request; those before it are left out. */
  readonly from?: number
  readonly only?: string
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
const WAITING_MAX = 24
const SAMPLES = 48
const SAMPLED_EVERY_MIN = 192
const SHRINK_LIMIT_MS = 20_000
const ANSWER_SHOWN_MAX = 1_500
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
  /** Something was written since the last look, so that the next look has to wait for its end. */
  private isDirty = true
  private transaction = 0n
  private attempts = 0
  private errorsTold = 0

  constructor(options: CampaignOptions, program: Program, database: Database) {
    this.options = options
    this.program = program
    this.database = database
    this.findings = new Findings(options.onFinding ?? (() => undefined))
    this.honest = new HonestCustomers(program.url, `honest-${options.seed}`)
    this.client = new Client(program.url)
  }

  async run(): Promise<void> {
    const { from = 1, only, requests, seed } = this.options
    const description = await (await fetch(`${this.program.url}/openapi.json`)).json()
    const contract = new Contract(decodeObject(description))
    const plans = new Plans(contract, seed, only)
    const judge = judgeOf(contract, this.world)
    await openShops(this.program.url, this.world)
    this.books = new Books(await this.database.counts())
    const last = from + requests - 1
    const sampledEvery = Math.max(SAMPLED_EVERY_MIN, Math.ceil(requests / SAMPLES))
    let sampledAt = from
    for (let first = from; first <= last; first += BATCH) {
      if (this.program.hasEnded()) {
        this.tell({ rule: "no crash", why: `the program ended by itself: ${this.program.complaints()}` })
        return
      }
      const numbers = Array.from({ length: Math.min(BATCH, last - first + 1) }, (_, at) => first + at)
      await this.batch(plans, judge, numbers)
      const done = (numbers.at(-1) ?? first) - from + 1
      if (first - sampledAt >= sampledEvery) {
        sampledAt = first
        const memory = await this.program.memory()
        if (memory !== undefined) this.samples.push({ requests: done, memory })
      }
      this.options.onProgress?.(done)
    }
    await Promise.all(this.waiting)
  }

  /** Those that are asked one by one come first; then those that disturb each other, with proper orders in between. */
  private async batch(plans: Plans, judge: Judge, numbers: ReadonlyArray<number>): Promise<void> {
    const together: Array<() => Promise<void>> = []
    for (const number of numbers) {
      const property = fc.asyncProperty(plans.arbitraryAt(number), async (plan) => {
        const { draft } = changed(plan)
        if (draft.delivery.type === "whole" && draft.wire === undefined) await this.alone(plans, judge, number, plan)
        else together.push(() => this.beside(judge, number, plan))
      })
      await fc.check(property, { seed: plans.seedOf(number), numRuns: 1, endOnFailure: true }).then(rethrown)
    }
    for (let times = 0; times < PROPER_ORDERS_PER_BATCH; times++) {
      together.push(async () => {
        const wrong = await this.honest.order()
        if (wrong.length === 0) this.books.enter("orders")
        for (const why of wrong) this.tell({ rule: "proper orders are executed", why })
      })
    }
    await Promise.all(together.map((run) => run()))
    await this.look()
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
    this.isDirty = false
    return left
  }

  /** Sends a request while nothing else happens, and looks whether it wrote what it should not have. */
  private async alone(plans: Plans, judge: Judge, number: number, plan: Plan): Promise<void> {
    const sent = await this.attempt(judge, plan, number, true)
    const first = sent.broken.find((one) => this.findings.isNew(one, operationOf(sent.judged)))
    if (first === undefined) return
    const shrunk = await this.shrunk(plans, judge, number, first, sent)
    for (const broken of sent.broken) {
      if (broken.rule === first.rule) this.addFinding(first, shrunk, number)
      else this.addFinding(broken, sent, number)
    }
  }

  /** Sends a request beside others; one that never ends is not waited for. */
  private async beside(judge: Judge, number: number, plan: Plan): Promise<void> {
    const sending = this.attempt(judge, plan, number, false).then((sent) => {
      for (const broken of sent.broken) {
        if (this.findings.isNew(broken, operationOf(sent.judged))) this.addFinding(broken, sent, number)
      }
    })
    const { delivery } = changed(plan).draft
    if (delivery.type !== "stops" || delivery.lastly !== "wait") return sending
    const waiting = sending.finally(() => this.waiting.delete(waiting))
    this.waiting.add(waiting)
    if (this.waiting.size > WAITING_MAX) await Promise.race(this.waiting)
  }

  private async attempt(judge: Judge, plan: Plan, number: number, isAlone: boolean): Promise<Sent> {
    const { draft, names } = changed(plan)
    this.attempts += 1
    const key = `fuzz-${this.options.seed}-${number}-${this.attempts}`
    const request = rendered(draft, this.world, key, new URL(this.program.url).host)
    if (isAlone && this.isDirty) await this.settle()
    const exchange = await this.client.send(request, !isAlone)
    const judged: Judged = { draft, request, exchange, isUnchanged: names.length === 0, isAlone }
    this.learn(judged)
    this.books.keep(judged)
    const wrote = isAlone ? await this.writtenBy(judged) : []
    if (!isAlone) this.isDirty = true
    return { judged, names, broken: [...judge(judged), ...wrote] }
  }

  private async writtenBy(judged: Judged): Promise<ReadonlyArray<Broken>> {
    if (mayHaveWritten(judged)) {
      this.isDirty = true
      return []
    }
    const before = this.transaction
    this.transaction = await this.database.nextTransaction()
    if (this.transaction === before) return []
    const tables = await this.database.changedSince(before)
    return tables.length === 0
      ? []
      : [{ rule: "a refused request writes nothing", why: `it wrote to ${tables.join(", ")}` }]
  }

  private learn({ exchange, request }: Judged): void {
    const caller = this.world.callerOf(request)
    for (const answer of exchange.answers) {
      const group = `${Math.floor(answer.status / 100)}xx`
      this.statuses.set(group, (this.statuses.get(group) ?? 0) + 1)
      if (answer.status < 300 && caller !== undefined && request.target.startsWith("/api/")) {
        this.world.learn(caller, parsed(answer.body), request.target.split("?")[0] ?? "")
      }
    }
    if (exchange.answers.length === 0) this.statuses.set("none", (this.statuses.get("none") ?? 0) + 1)
  }

  /** The least request of the same kind that breaks the same rule. */
  private async shrunk(plans: Plans, judge: Judge, number: number, broken: Broken, first: Sent): Promise<Sent> {
    let least = first
    const property = fc.asyncProperty(plans.arbitraryAt(number), async (plan) => {
      const { draft } = changed(plan)
      if (draft.delivery.type !== "whole" || draft.wire !== undefined) return true
      const sent = await this.attempt(judge, plan, number, true)
      if (!sent.broken.some(({ rule }) => rule === broken.rule)) return true
      least = sent
      return false
    })
    await fc.check(property, { seed: plans.seedOf(number), numRuns: 1, interruptAfterTimeLimit: SHRINK_LIMIT_MS })
    return least
  }

  private addFinding(broken: Broken, { broken: all, judged, names }: Sent, request: number): void {
    const why = all.find(({ rule }) => rule === broken.rule)?.why ?? broken.why
    this.findings.add({
      rule: broken.rule,
      why,
      operation: operationOf(judged),
      request,
      changes: names,
      command: asCommand(this.program.url, judged.request),
      answer: shown(judged.exchange)
    })
  }

  private tell({ rule, why }: Broken): void {
    if (!this.findings.isNew({ rule, why }, "")) return
    this.findings.add({ rule, why, operation: "", request: undefined, changes: [], command: "", answer: "" })
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

interface Sent {
  readonly judged: Judged
  readonly names: ReadonlyArray<string>
  readonly broken: ReadonlyArray<Broken>
}

const operationOf = ({ draft }: Judged): string => `${draft.operation.method} ${draft.operation.path}`

const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString("utf8"))
  } catch {
    return undefined
  }
}

const shown = ({ answers, ended, tookMs }: Exchange): string =>
  answers.length === 0
    ? `nothing; ${ended} after ${Math.round(tookMs)} ms`
    : answers
        .map(({ body, head }) => JSON.stringify(`${head}\r\n\r\n${body.toString("utf8")}`).slice(0, ANSWER_SHOWN_MAX))
        .join(" and ")

/** A mistake of the campaign itself is not a finding. */
const rethrown = ({ errorInstance }: { readonly errorInstance: unknown }): void => {
  if (errorInstance !== null && errorInstance !== undefined)
    throw errorInstance instanceof Error ? errorInstance : new Error(String(errorInstance))
}
