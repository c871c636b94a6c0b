import { DatabaseUnavailable } from "@valerix/database"
import type { TransactionPath } from "@valerix/saga"
import { Effect } from "effect"
import { type MessageTrouble, send } from "../world/Network.ts"
import type { SimulatedProcess } from "../world/SimulatedProcess.ts"
import type { World } from "../world/World.ts"
import { DATABASE_DELAYS } from "./Trouble.ts"

/** A program's own limit on a transaction; see TenantDatabase. */
const TRANSACTION_LIMIT_MS = 10_000

/** How a process reaches a database: one call is one transaction, which happens at one moment or not at all. */
export const databaseLine = (
  world: World,
  from: SimulatedProcess,
  to: SimulatedProcess,
  trouble: MessageTrouble
): (<A>(about: string, transaction: Effect.Effect<A>) => Effect.Effect<A>) => {
  const line = { from, to: () => to, trouble, delays: DATABASE_DELAYS, limitMs: TRANSACTION_LIMIT_MS }
  const unavailable = (reason: string) => Effect.die(new DatabaseUnavailable({ reason, cause: undefined }))
  return (about, transaction) => Effect.catch(send(world, { ...line, about }, transaction), unavailable)
}

/** How a participant's process reaches its own database; its transactions run where they were begun. */
export const transactionPath = (world: World, from: SimulatedProcess, trouble: MessageTrouble): TransactionPath => {
  const about = world.choices.site(`transaction of ${from.name}`)
  return (transaction) =>
    Effect.suspend(() => {
      const fate = world.trouble(about, trouble)
      if (fate !== undefined) world.tell(from.name, () => `transaction: ${fate}`)
      const wait = Effect.suspend(() =>
        Effect.sleep(world.delayMs(about, fate === "slow" ? DATABASE_DELAYS.slowMs : DATABASE_DELAYS.usualMs))
      )
      switch (fate) {
        case "refused":
        case "lost":
          return Effect.andThen(wait, noAnswer)
        case "answerLost":
        case "late":
          return Effect.andThen(transaction, Effect.andThen(wait, noAnswer))
        case "senderKilled":
          return dies(from)
        case "receiverOfAnswerKilled":
          return Effect.andThen(transaction, dies(from))
        case "senderPaused":
          return Effect.tap(transaction, () =>
            Effect.andThen(
              Effect.sync(() => from.pauseFor(world.pauseMs(about))),
              wait
            )
          )
        default:
          return Effect.andThen(wait, Effect.tap(transaction, wait))
      }
    })
}

const noAnswer = Effect.suspend(() => Effect.die(new DatabaseUnavailable({ reason: "no answer", cause: undefined })))

const dies = (process: SimulatedProcess) =>
  Effect.andThen(
    Effect.sync(() => process.kill()),
    Effect.never
  )
