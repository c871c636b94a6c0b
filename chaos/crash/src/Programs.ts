import { Effect, Scope } from "effect"
import { CampaignFailed } from "./CampaignFailed.ts"
import type { Folder } from "./Folder.ts"
import { ask } from "./load/Client.ts"
import { freePort, type Program, startProgram } from "./Program.ts"
import type { Arming } from "./program/Arming.ts"
import { type Conditions, environmentOf } from "./program/Conditions.ts"
import { SHORT_SETTINGS } from "./program/ShortLeases.ts"
import type { Server } from "./server/Server.ts"

const SERVES_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 20

/** Starts programs of the campaign, one after the other, each with a log of its own. They live as long as the scope. */
export const makePrograms = Effect.fnUntraced(function* (folder: Folder, server: Server, compileCache: string) {
  const scope = yield* Effect.scope
  let count = 0
  const start = (conditions: Conditions, arming?: Arming): Effect.Effect<Program> =>
    Effect.gen(function* () {
      const port = yield* freePort
      count += 1
      return yield* startProgram({
        port,
        log: folder.programLog(count),
        arming,
        environment: {
          ...server.environment(conditions.throughProxy),
          ...environmentOf(conditions),
          ...SHORT_SETTINGS,
          LOG_LEVEL: "warn",
          NODE_COMPILE_CACHE: compileCache
        }
      })
    }).pipe(Scope.provide(scope))
  return { start }
})

/** Waits until a program accepts requests. */
export const untilItServes = (program: Program): Effect.Effect<void, CampaignFailed> =>
  Effect.gen(function* () {
    while ((yield* Effect.promise(() => ask(program.url, "GET", "/ready", {})))?.status !== 200) {
      const problem = program.hasEnded()
        ? "ended before it was ready"
        : performance.now() - program.startedAtMs > SERVES_WITHIN_MS
          ? `was not ready in ${SERVES_WITHIN_MS} ms`
          : undefined
      if (problem !== undefined) {
        return yield* new CampaignFailed({ findings: [`the program ${problem}; see ${program.log}`] })
      }
      yield* Effect.sleep(LOOK_EVERY_MS)
    }
  })
