import type { Contract } from "@valerix/testing/contract"
import fc from "fast-check"
import { judgeOf } from "./judge/index.ts"
import type { Broken, Judged } from "./judge/Judged.ts"
import { changed } from "./Plan.ts"
import { rendered } from "./request/Rendered.ts"
import type { Planned, Sent } from "./Sent.ts"
import { Client } from "./wire/Client.ts"
import { parsedJson } from "./wire/ParsedJson.ts"
import type { Books } from "./world/Books.ts"
import type { World } from "./world/World.ts"

const SHRINK_LIMIT_MS = 20_000

/** Sends requests to the program, judges what comes of them, and keeps what they tell of: in the world, and in the books. */
export class Conversation {
  /** How many answers there were of each class of status, and how many requests that got none. */
  readonly statuses = new Map<string, number>()
  private readonly client: Client
  private readonly host: string
  private readonly judge: ReturnType<typeof judgeOf>
  private readonly world: World
  private readonly books: Books
  private attempts = 0

  constructor(url: string, contract: Contract, world: World, books: Books) {
    this.client = new Client(url)
    this.host = new URL(url).host
    this.judge = judgeOf(contract, world)
    this.world = world
    this.books = books
  }

  /** Sends a request; `isCalm` as long as so little else is asked that nothing is ever too much. */
  async send(planned: Planned, isCalm: boolean): Promise<Sent> {
    this.attempts += 1
    const { number, plan, plans } = planned
    const key = `fuzz-${plans.seed}-${number}-${this.attempts}`
    const request = rendered(changed(plan).draft, this.world, key, this.host)
    return this.judged(planned, { request, isCalm, exchange: await this.client.send(request, !isCalm) })
  }

  /** Sends the same bytes again. */
  async again({ judged: { isCalm, request }, planned }: Sent): Promise<Sent> {
    return this.judged(planned, { request, isCalm, exchange: await this.client.send(request, !isCalm) })
  }

  /** The least request of the same kind that breaks the same rule. */
  async shrunk(broken: Broken, first: Sent): Promise<Sent> {
    let least = first
    const { number, plans } = first.planned
    const property = fc.asyncProperty(plans.arbitraryAt(number), async (plan) => {
      if (!isCalmly({ plan })) return true
      const sent = await this.send({ plans, number, plan }, true)
      if (!sent.broken.some(({ rule }) => rule === broken.rule)) return true
      least = sent
      return false
    })
    await fc.check(property, { seed: plans.seedOf(number), numRuns: 1, interruptAfterTimeLimit: SHRINK_LIMIT_MS })
    return least
  }

  close(): void {
    this.client.close()
  }

  private judged(planned: Planned, exchanged: Pick<Judged, "request" | "exchange" | "isCalm">): Sent {
    const { draft, names } = changed(planned.plan)
    const judged: Judged = { draft, isUnchanged: names.length === 0, ...exchanged }
    this.learn(judged)
    this.books.keep(judged)
    return { planned, judged, names, broken: this.judge(judged) }
  }

  private learn({ exchange, request }: Judged): void {
    const caller = this.world.callerOf(request)
    for (const answer of exchange.answers) {
      this.count(`${Math.floor(answer.status / 100)}xx`)
      if (answer.status < 300 && caller !== undefined && request.target.startsWith("/api/")) {
        this.world.learn(caller, parsedJson(answer.body), request.target.split("?")[0] ?? "")
      }
    }
    if (exchange.answers.length === 0) this.count("none")
  }

  private count(group: string): void {
    this.statuses.set(group, (this.statuses.get(group) ?? 0) + 1)
  }
}

/** Whether a request comes whole, so that what it did can be told from what others did. */
export const isCalmly = ({ plan }: Pick<Planned, "plan">): boolean => {
  const { delivery, wire } = changed(plan).draft
  return delivery.type === "whole" && wire === undefined
}
