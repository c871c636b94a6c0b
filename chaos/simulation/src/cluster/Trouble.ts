import { OUTAGE_MAX_MS } from "../world/Host.ts"
import type { MessageDelays, MessageTrouble } from "../world/Network.ts"
import type { World } from "../world/World.ts"

/** How much goes wrong in one world, and in which ways: each world has its own, so that rare ways meet undisturbed. */
export interface Trouble {
  /** Between a program and its database. Nothing is delivered twice there. */
  readonly database: MessageTrouble
  /** Between services, and from payments to its provider. */
  readonly service: MessageTrouble
  /** How often a process is killed, stopped for a while, and has its clock moved, at any time. */
  readonly killsPerHost: number
  readonly pausesPerHost: number
  readonly clockJumpsPerHost: number
  /** How long it lasts. */
  readonly durationMs: number
}

export const DATABASE_DELAYS: MessageDelays = { usualMs: 5, slowMs: 4_000, lateMs: 1_000 }
export const SERVICE_DELAYS: MessageDelays = { usualMs: 20, slowMs: 3_000, lateMs: 90_000 }

const MESSAGE_RATE_MAX = 0.15
const OUTAGE_SHARE = 0.1

const OUTAGE_RATE = 0.05

/** Chooses a world's trouble: which kinds there are at all, and how often each comes. */
export const chooseTrouble = (world: World): Trouble => {
  const { choices } = world
  const rate = (about: string, max: number) => (choices.fraction(about) < 0.4 ? max * choices.fraction(about) ** 2 : 0)
  const messages = (about: string): Omit<MessageTrouble, "receiverTakenDown"> => ({
    refused: rate(`${about} refused`, MESSAGE_RATE_MAX),
    lost: rate(`${about} lost`, MESSAGE_RATE_MAX),
    answerLost: rate(`${about} answer lost`, MESSAGE_RATE_MAX),
    late: rate(`${about} late`, MESSAGE_RATE_MAX),
    twice: rate(`${about} twice`, MESSAGE_RATE_MAX),
    slow: rate(`${about} slow`, MESSAGE_RATE_MAX),
    senderKilled: rate(`${about} sender killed`, MESSAGE_RATE_MAX),
    receiverOfAnswerKilled: rate(`${about} receiver killed`, MESSAGE_RATE_MAX),
    senderPaused: rate(`${about} sender paused`, MESSAGE_RATE_MAX)
  })
  const hasOutages = choices.fraction("outages") < OUTAGE_SHARE
  return {
    database: { ...messages("database"), twice: 0, receiverTakenDown: 0 },
    service: { ...messages("service"), receiverTakenDown: hasOutages ? OUTAGE_RATE : 0 },
    killsPerHost: Math.round(rate("kills", 3)),
    pausesPerHost: Math.round(rate("pauses", 3)),
    clockJumpsPerHost: Math.round(rate("clock jumps", 3)),
    durationMs: hasOutages ? OUTAGE_MAX_MS : 5_000 + choices.below("duration of the trouble", 30_000)
  }
}
