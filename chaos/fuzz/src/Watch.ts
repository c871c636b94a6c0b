import type { Database } from "./database/Database.ts"
import type { Broken } from "./judge/Judged.ts"
import type { Program } from "./program/Program.ts"
import type { Books } from "./world/Books.ts"
import type { HonestCustomers } from "./world/Shop.ts"

const ERRORS_TOLD_MAX = 20
const REST_LOOKS = 50
const REST_LOOK_EVERY_MS = 100
/** The program's own connections go through sockets of files; one of HTTP may be kept by whoever looked last. */
const SOCKETS_AT_REST_MAX = 2

/** Looks at what the program does besides answering: at its databases and its log. */
export class Watch {
  private readonly program: Program
  private readonly database: Database
  private readonly books: Books
  private readonly honest: HonestCustomers
  private transaction = 0n
  private errorsTold = 0

  constructor(program: Program, database: Database, books: Books, honest: HonestCustomers) {
    this.program = program
    this.database = database
    this.books = books
    this.honest = honest
  }

  /** Waits until nothing is under way; gives what still is when that takes too long. What is written later counts. */
  async settle(): Promise<ReadonlyArray<string>> {
    const left = await this.database.settled()
    this.transaction = await this.database.nextTransaction()
    return left
  }

  /** The tables that were written to since it settled, as far as nothing else is under way. */
  async writtenSinceSettled(): Promise<ReadonlyArray<string>> {
    const before = this.transaction
    this.transaction = await this.database.nextTransaction()
    return this.transaction === before ? [] : this.database.changedSince(before)
  }

  /** Everything that has to be true between the batches, and is not. */
  async look(): Promise<ReadonlyArray<Broken>> {
    const left = await this.settle()
    const wrong = this.books.close(await this.database.counts())
    const unexecuted = await this.honest.executed(this.database)
    const { errors, wrong: lines } = this.program.log
    const told = errors.splice(0).slice(0, Math.max(0, ERRORS_TOLD_MAX - this.errorsTold))
    this.errorsTold += told.length
    return [
      ...left.map((why) => ({ rule: "everything comes to an end", why })),
      ...wrong.map((why) => ({ rule: "the books", why })),
      ...unexecuted.map((why) => ({ rule: "proper orders are executed", why })),
      ...lines.splice(0).map((line) => ({ rule: "a log line stays one line", why: JSON.stringify(line) })),
      ...told.map((why) => ({ rule: "no error in the log", why }))
    ]
  }

  /** Connections and transactions that stay although nobody needs them any more. */
  async openAtRest(): Promise<ReadonlyArray<Broken>> {
    let open: ReadonlyArray<string> = []
    for (let look = 0; look < REST_LOOKS; look++) {
      const sockets = (await this.program.sockets()) ?? 0
      open = [
        ...(await this.database.leftOpen()),
        ...(sockets > SOCKETS_AT_REST_MAX ? [`${sockets} connections, where ${SOCKETS_AT_REST_MAX} may be`] : [])
      ]
      if (open.length === 0) break
      await new Promise((resolve) => setTimeout(resolve, REST_LOOK_EVERY_MS))
    }
    return open.map((why) => ({ rule: "nothing is left open", why }))
  }
}
