import { execFile } from "node:child_process"
import { createRequire } from "node:module"
import { Effect } from "effect"
import { CampaignFailed } from "../CampaignFailed.ts"
import type { Promised } from "../load/Journal.ts"
import type { Program } from "../Program.ts"
import { SHORT_SETTINGS } from "../program/ShortLeases.ts"
import type { Server } from "../server/Server.ts"
import type { Queues } from "../server/Unfinished.ts"
import { checkAnswers } from "./Answers.ts"
import { checkProviderBooks } from "./ProviderBooks.ts"

const RESTS_WITHIN_MS = 120_000
const LOOK_EVERY_MS = 100
const FINDINGS_SHOWN_MAX = 50
const VALERIX = createRequire(import.meta.url).resolve("@valerix/app/src/main.ts")

/** What was found in order when all had come to rest. */
export interface Rest {
  readonly orders: number
  readonly ends: ReadonlyMap<string, number>
  readonly completed: number
  readonly capturedMinor: number
  /** What `valerix verify` said. */
  readonly verified: string
}

/** Waits until nothing is under way, and checks all that must be true then. Fails with what is not. */
export const checkAtRest = Effect.fnUntraced(function* (options: {
  readonly server: Server
  readonly queues: Queues
  readonly program: Program
  readonly seed: number
  readonly promised: ReadonlyArray<Promised>
}) {
  const { program, promised, queues, seed, server } = options
  yield* untilNothingIsUnderWay(queues)
  const answers = yield* checkAnswers({ url: program.url, seed, promised })
  const ending = yield* program.stop
  const verify = yield* verifyAll(server)
  const books = yield* checkProviderBooks(server)
  const findings = [
    ...answers.findings,
    ...(ending.code === 0 ? [] : [`the program was asked to stop and did not; see ${program.log}`]),
    ...(verify.code === 0 ? [] : [verify.output]),
    ...books.findings
  ]
  if (findings.length > 0) return yield* new CampaignFailed({ findings: findings.slice(0, FINDINGS_SHOWN_MAX) })
  const rest: Rest = { ...answers, ...books, verified: verify.output.trim() }
  return rest
})

const untilNothingIsUnderWay = Effect.fnUntraced(function* (queues: Queues) {
  const begunMs = performance.now()
  for (;;) {
    const { authorizations, orders } = yield* queues.unfinished
    if (orders.length + authorizations.length === 0) return
    if (performance.now() - begunMs > RESTS_WITHIN_MS) {
      const named = [...orders, ...authorizations].slice(0, 10).join(", ")
      return yield* new CampaignFailed({ findings: [`still under way after ${RESTS_WITHIN_MS} ms: ${named}`] })
    }
    yield* Effect.sleep(LOOK_EVERY_MS)
  }
})

/** Runs `valerix verify` as an operator would. */
const verifyAll = (server: Server) =>
  Effect.callback<{ readonly code: number; readonly output: string }>((resume) => {
    const { PATH = "", HOME = "/tmp" } = process.env
    const child = execFile(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", VALERIX, "verify"],
      { env: { PATH, HOME, ...server.environment(false), ...SHORT_SETTINGS } },
      (_, stdout, stderr) => {
        resume(Effect.succeed({ code: child.exitCode ?? 1, output: `${stdout}${stderr}` }))
      }
    )
  })
