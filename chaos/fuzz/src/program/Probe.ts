/**
 * Loaded into the program before it starts, which stays as it is: tells over the channel to its parent how much memory it
 * holds after everything that can be let go of has been.
 */
import { setImmediate } from "node:timers/promises"

const COLLECTIONS = 4

process.on("message", () => {
  void tell()
})
// The program ends when it has nothing to do any more, whether anybody may still ask or not.
process.channel?.unref()

const tell = async (): Promise<void> => {
  for (let times = 0; times < COLLECTIONS; times++) {
    globalThis.gc?.()
    await setImmediate()
  }
  const { arrayBuffers, external, heapUsed, rss } = process.memoryUsage()
  const sockets = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length
  const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
  process.send?.({ arrayBuffers, external, heapUsed, rss, sockets, timers })
}
