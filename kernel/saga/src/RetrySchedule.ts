import { fnv1a } from "./Fnv1a.ts"

/** When a step is tried again, and when it is given up; what must go forward, or back, never is. */
export interface RetrySchedule {
  /** The delay after the first, second, … attempt without definite answer; one attempt more than there are delays. */
  readonly delaysMs: ReadonlyArray<number>
  /** How long attempts that never reached a participant, one after the other, may go on. */
  readonly unsentLimitMs: number
  /** From which attempt on a step that must not be given up is reported as an error. */
  readonly alertAfterAttempts: number
}

export const defaultRetrySchedule: RetrySchedule = {
  delaysMs: [1_000, 4_000, 16_000, 64_000],
  unsentLimitMs: 15 * 60_000,
  alertAfterAttempts: 5
}

/** A step gets this many attempts before its saga turns back. */
export const attemptsMax = (schedule: RetrySchedule): number => schedule.delaysMs.length + 1

/** Spreads what failed together: up to a tenth more, always the same for one saga. */
const JITTER_SHARE = 0.1

/** The delay before the attempt that follows the given number of failed ones; the last delay repeats. */
export const delayAfterMs = (schedule: RetrySchedule, failedAttempts: number, sagaId: string): number => {
  const index = Math.min(failedAttempts, schedule.delaysMs.length) - 1
  const delayMs = schedule.delaysMs[Math.max(index, 0)] ?? 0
  return Math.round(delayMs * (1 + JITTER_SHARE * (fnv1a(sagaId) / 0xffff_ffff)))
}

/** The delay that repeats when all others have been used. */
export const longestDelayMs = (schedule: RetrySchedule, sagaId: string): number =>
  delayAfterMs(schedule, schedule.delaysMs.length, sagaId)
