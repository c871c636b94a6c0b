/**
 * Loaded into the program before it starts, which stays as it is: tells over the channel to its parent what it holds.
 * Memory is told of after everything that can be let go of has been.
 */
import { setImmediate } from "node:timers/promises"

const COLLECTIONS = 4

process.on("message", (asked) => {
  if (asked === "memory") void tellMemory()
  if (asked === "sockets") tellSockets()
})
// The program ends when it has nothing to do any more, whether anybody may still ask or not.
process.channel?.unref()

const tellMemory = async (): Promise<void> => {
  for (let times = 0; times < COLLECTIONS; times++) {
    globalThis.gc?.()
    await setImmediate()
  }
  const { arrayBuffers, heapUsed, rss } = process.memoryUsage()
  process.send?.({ arrayBuffers, heapUsed, rss })
}

const tellSockets = (): void => {
  process.send?.(process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length)
}
