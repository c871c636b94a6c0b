import { Effect, Schedule, type Scope } from "effect"
import type { CampaignFailed } from "../CampaignFailed.ts"
import type { Chapter } from "../load/Chapter.ts"
import type { PlannedKill } from "../Plan.ts"
import type { Program } from "../Program.ts"
import type { Arming } from "../program/Arming.ts"
import type { Conditions } from "../program/Conditions.ts"
import type { Disk } from "../server/Disk.ts"
import type { Server } from "../server/Server.ts"
import type { Queues, Unfinished } from "../server/Unfinished.ts"

/** What a fault strikes. */
export interface Stage {
  readonly server: Server
  readonly disk: Disk | undefined
  readonly queues: Queues
  /** The program that customers go to. */
  readonly current: () => Program
  readonly conditions: () => Conditions
  readonly chapter: () => Chapter
  /** Starts another program beside it. */
  readonly startAnother: (conditions: Conditions, arming?: Arming) => Effect.Effect<Program, never, Scope.Scope>
  /** Waits until a program accepts requests. */
  readonly untilItServes: (program: Program) => Effect.Effect<void, CampaignFailed>
  /** Sends the customers to this program from now on. */
  readonly makeCurrent: (program: Program) => void
}

/** What a fault has done. A program that is gone is started again; of one that lives the recovery counts from `sinceMs`. */
export interface Struck {
  readonly outcome: "struck" | "not reached" | "not possible here"
  /** What was unfinished when it struck. */
  readonly old: Unfinished
  readonly sinceMs: number
  /** What is to be done while the program recovers. */
  readonly alongside?: Effect.Effect<void>
  /** What is to be done once the program has recovered. */
  readonly afterwards?: Effect.Effect<void>
}

export type Fault = (stage: Stage, planned: PlannedKill) => Effect.Effect<Struck, CampaignFailed, Scope.Scope>

const AGAIN_AFTER_MS = 50

/** What is unfinished now, as soon as PostgreSQL says it. */
export const unfinishedNow = ({ queues }: Pick<Stage, "queues">): Effect.Effect<Unfinished> =>
  queues.unfinished.pipe(Effect.sandbox, Effect.retry(Schedule.spaced(AGAIN_AFTER_MS)), Effect.orDie)

/** The longest that orders come in before something strikes at any moment. */
const MOMENT_MAX_MS = 1_200

export const untilItsMoment = ({ moment }: PlannedKill): Effect.Effect<void> => Effect.sleep(moment * MOMENT_MAX_MS)
