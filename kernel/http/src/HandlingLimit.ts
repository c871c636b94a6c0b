import type { Fiber } from "effect"
import type { BodyWatch } from "./CheckedRequest.ts"

/**
 * Interrupts a request that is handled for too long. Waiting for the body does not count: the server's own
 * `requestTimeout` limits that. One plain timer per request: a tenth of what a timeout in a fiber of its own costs.
 */
export class HandlingLimit implements BodyWatch {
  isPassed = false
  private timer: NodeJS.Timeout | undefined
  private readonly fiber: Fiber.Fiber<unknown, unknown>
  private readonly maxMs: number

  constructor(fiber: Fiber.Fiber<unknown, unknown>, maxMs: number) {
    this.fiber = fiber
    this.maxMs = maxMs
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.isPassed = true
      this.fiber.interruptUnsafe()
    }, this.maxMs)
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  bodyAwaited(): void {
    this.stop()
  }

  bodyRead(): void {
    this.start()
  }
}
