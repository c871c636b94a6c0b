import { Effect } from "effect"
import { CampaignFailed } from "./CampaignFailed.ts"
import type { Load } from "./load/Load.ts"
import type { Queues, Unfinished } from "./server/Unfinished.ts"

/** How long a recovery may take. */
export const FIRST_ORDER_GOAL_MS = 3_000
export const LAST_OLD_ORDER_GOAL_MS = 30_000

/** How long it is waited for: what takes longer is a failure, not a figure. */
const GIVEN_UP_AFTER_MS = 120_000

const PROBE_EVERY_MS = 20
const LOOK_EVERY_MS = 40

export interface Recovery {
  /** From the program's start (or the fault's end, where the program lived) until a new order was accepted. */
  readonly firstOrderMs: number
  /** … until the last of those orders had ended that were unfinished when it was struck. */
  readonly lastOldOrderMs: number
}

/** Watches the program recover. Fails when it does not. */
export const watchRecovery = (options: {
  readonly load: Load
  readonly queues: Queues
  readonly old: Unfinished
  readonly sinceMs: number
  readonly name: string
}): Effect.Effect<Recovery, CampaignFailed> =>
  Effect.all({ firstOrderMs: firstOrder(options), lastOldOrderMs: lastOldOrder(options) }, { concurrency: 2 })

type Options = Parameters<typeof watchRecovery>[0]

const firstOrder = ({ load, name, sinceMs }: Options) =>
  Effect.gen(function* () {
    for (let attempt = 1; ; attempt += 1) {
      if (yield* Effect.promise(() => load.tryOne(`${name}.${attempt}`))) return performance.now() - sinceMs
      if (performance.now() - sinceMs > GIVEN_UP_AFTER_MS) {
        return yield* new CampaignFailed({ findings: [`no order was accepted in ${GIVEN_UP_AFTER_MS} ms`] })
      }
      yield* Effect.sleep(PROBE_EVERY_MS)
    }
  })

const lastOldOrder = ({ old, queues, sinceMs }: Options) =>
  Effect.gen(function* () {
    let left = old
    while (left.orders.length + left.authorizations.length > 0) {
      // PostgreSQL may be away; then nothing has ended.
      left = yield* Effect.catchDefect(queues.remaining(left), () => Effect.succeed(left))
      if (performance.now() - sinceMs > GIVEN_UP_AFTER_MS) {
        const named = [...left.orders, ...left.authorizations].slice(0, 10).join(", ")
        return yield* new CampaignFailed({ findings: [`unfinished after ${GIVEN_UP_AFTER_MS} ms: ${named}`] })
      }
      yield* Effect.sleep(LOOK_EVERY_MS)
    }
    return performance.now() - sinceMs
  })
