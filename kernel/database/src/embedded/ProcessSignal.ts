import { errorCode } from "./FileAccess.ts"

/** Sends a signal; false when there is no such process. A process of another user counts as there. */
export const signalTo = (processId: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(processId, signal)
    return true
  } catch (cause) {
    return errorCode(cause) === "EPERM"
  }
}

export const isAlive = (processId: number): boolean => signalTo(processId, 0)
